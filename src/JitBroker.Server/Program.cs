return await JitBroker.Server.Commands.ServerCommands.RunAsync(args);
