using System.Text;
using JitBroker.Cli.Running;

// The one place where the machine is touched: everything below takes it from Surroundings.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var interrupts = new Interrupts();
return await Jit.RunAsync(args, Surroundings.OfThisProcess(interrupts));
