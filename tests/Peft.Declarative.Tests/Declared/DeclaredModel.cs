extern alias generators;

using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Layers;
using DeclarativeGenerator = generators::Peft.Declarative.Generators.DeclarativeGenerator;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Compiles a declaration with the generator, as the user's compiler does, and builds the model that comes out.</summary>
internal static class DeclaredModel
{
    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The model of a declared class named <c>Declared.Persona</c>, with the weights of a directory.</summary>
    internal static PretrainedModel FromPretrained(string source, string directory)
    {
        Type persona = Compile(source).GetType("Declared.Persona", throwOnError: true)!;
        MethodInfo factory = persona.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Single(method => method.Name == "FromPretrained");
        return (PretrainedModel)factory.Invoke(null, [directory, null])!;
    }

    private static Assembly Compile(string source)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            $"Declared{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(source)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(new DeclarativeGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);

        using var image = new MemoryStream();
        var result = output.Emit(image);
        Assert.True(result.Success, $"{source}\n{string.Join('\n', result.Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning))}");
        return Assembly.Load(image.ToArray());
    }
}
