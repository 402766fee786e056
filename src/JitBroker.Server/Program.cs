Console.WriteLine("JitBroker");
