using Microsoft.Extensions.Options;
using Peft.Declarative;

namespace ManyPersonas;

/// <summary>Without arguments: trains the personas unless that has been done, then serves them. With arguments, the generated commands, such as serve.</summary>
internal static class Program
{
    private static readonly string Base = Path.Combine(AppContext.BaseDirectory, "base");
    private static readonly string Folder = Path.Combine("artifacts", "03-personas");

    private static async Task<int> Main(string[] args)
    {
        if (args.Length > 0)
        {
            return PersonasApp.Run(args);
        }

        try
        {
            if (!Directory.Exists(Folder))
            {
                School.Run(Base, Folder);
            }

            await PeftServer.RunAsync(Base, Folder, "auto", new Uri("http://127.0.0.1:8080"));
            return 0;
        }
        catch (Exception problem) when (problem is PeftException or IOException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }
}
