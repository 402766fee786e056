Console.WriteLine("Playground");
