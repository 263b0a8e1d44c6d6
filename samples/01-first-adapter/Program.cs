using FirstAdapter.Tours;
using FirstAdapter.World.Voices;

namespace FirstAdapter;

/// <summary>Without arguments, or with a persona's name, the tour; with anything else the generated commands.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        string name = args is [] ? Voice.Personas[0].Name : args[0];
        return args.Length < 2 && Voice.Personas.FirstOrDefault(voice => voice.Name == name) is { } persona
            ? new Tour(persona).Run()
            : PersonaApp.Run(args);
    }
}
