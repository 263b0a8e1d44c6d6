using FirstAdapter.Tours;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.App;
using Peft.Declarative.Models;

namespace FirstAdapter;

/// <summary>Without arguments, or with a persona's name, the tour; with anything else the generated commands.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string name = args is [] ? Voice.Personas[0].Name : args[0];
        if (args.Length < 2 && Voice.Personas.FirstOrDefault(voice => voice.Name == name) is { } persona)
        {
            return PeftConsole.Run([], PersonaApp.Model with { Default = new Tour(persona).Run });
        }

        return IsGpt2(args) ? GptPersonaApp.Run(args) : PersonaApp.Run(args);
    }

    // A class is written for one family, so the model decides which class is meant.
    private static bool IsGpt2(string[] args)
    {
        int option = Array.IndexOf(args, "--model");
        try
        {
            return option >= 0 && option + 1 < args.Length && ModelCatalog.TypeOf(args[option + 1]) == "gpt2";
        }
        catch (PeftException)
        {
            return false;   // the command meets the same problem and reports it
        }
    }
}
