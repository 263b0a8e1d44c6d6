namespace Peft.Declarative.Tests.Declared;

/// <summary>Compiles a declaration with the generator, as the user's compiler does, and builds the model that comes out.</summary>
internal static class DeclaredModel
{
    /// <summary>The model of a declared class named <c>Declared.Persona</c>, with the weights of a directory.</summary>
    internal static PretrainedModel FromPretrained(string source, string directory) =>
        DeclaredAssembly.Compile([source]).FromPretrained("Persona", directory);
}
