extern alias generators;

using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using DeclarativeGenerator = generators::Peft.Declarative.Generators.DeclarativeGenerator;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Declarations compiled with the generator, as the user's compiler does.</summary>
internal sealed class DeclaredAssembly
{
    // Not the generator, which no project references and which has the attributes too.
    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => path != typeof(DeclarativeGenerator).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly byte[] _image;
    private readonly Lazy<Assembly> _assembly;
    private readonly Dictionary<string, string> _generated;

    private DeclaredAssembly(byte[] image, Dictionary<string, string> generated)
    {
        (_image, _generated) = (image, generated);
        _assembly = new Lazy<Assembly>(() => Assembly.Load(image));
    }

    /// <summary>Compiles sources, with a base's config among the project's files if one is given.</summary>
    internal static DeclaredAssembly Compile(IReadOnlyList<string> sources, string? config = null)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            $"Declared{Guid.NewGuid():N}",
            sources.Select(source => CSharpSyntaxTree.ParseText(source)),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new DeclarativeGenerator().AsSourceGenerator()], config is null ? [] : [new ConfigText(config)])
            .RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);

        using var image = new MemoryStream();
        var result = output.Emit(image);
        Assert.True(result.Success, $"{string.Join('\n', sources)}\n{string.Join('\n', result.Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning))}");
        return new DeclaredAssembly(
            image.ToArray(),
            driver.GetRunResult().GeneratedTrees.ToDictionary(tree => Path.GetFileName(tree.FilePath), tree => tree.ToString()));
    }

    /// <summary>The table in the documentation of a class of the namespace <c>Declared</c>.</summary>
    internal string Table(string name)
    {
        string text = _generated[$"Declared.{name}.Adapters.g.cs"];
        return text[(text.IndexOf("<code>", StringComparison.Ordinal) + "<code>".Length)..text.IndexOf("</code>", StringComparison.Ordinal)];
    }

    /// <summary>Writes the assembly to a file, for another process.</summary>
    internal void Save(string file) => File.WriteAllBytes(file, _image);

    /// <summary>A model of a class of the namespace <c>Declared</c>, with the weights of a directory.</summary>
    internal PretrainedModel FromPretrained(string name, string directory)
    {
        Type persona = _assembly.Value.GetType($"Declared.{name}", throwOnError: true)!;
        MethodInfo factory = persona.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Single(method => method.Name == "FromPretrained");
        return (PretrainedModel)factory.Invoke(null, [directory, null])!;
    }

    private sealed class ConfigText(string path) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(File.ReadAllText(path));
    }
}
