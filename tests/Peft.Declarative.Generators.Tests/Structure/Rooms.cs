using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>The folders of the libraries, in the order in which they may know each other: each knows itself and those before it.</summary>
internal sealed class Rooms
{
    // The longest entry that a path starts with is its room, so a folder inside another one can have a rank of its own: optimizers and schedules
    // are arithmetic over parameters that a training plan names, and know no model.
    internal static readonly string[] Order =
    [
        "Peft.Declarative.Text/Errors",
        "Peft.Declarative.Text/Json",
        "Peft.Declarative.Text/Patterns",
        "Peft.Declarative.Text/Templates",
        "Peft.Declarative.Text/Tokenizers",
        "Peft.Declarative/Declaration",
        "Peft.Declarative/Targeting",
        "Peft.Declarative/Native",
        "Peft.Declarative/Machine",
        "Peft.Declarative/Training/Schedules",
        "Peft.Declarative/Checkpoints",
        "Peft.Declarative/Quantization",
        "Peft.Declarative/Training/Optimizers",
        "Peft.Declarative/Training/Parallel",
        "Peft.Declarative/Layers",
        "Peft.Declarative/Slots",
        "Peft.Declarative/Adapters",
        "Peft.Declarative/AdapterHub",
        "Peft.Declarative/BaseModels",
        "Peft.Declarative/Data",
        "Peft.Declarative/Methods",
        "Peft.Declarative/Training",
        "Peft.Declarative/Generation",
        "Peft.Declarative/Chat",
        "Peft.Declarative.Models",
        "Peft.Declarative.Serving",
        "Peft.Declarative.Orleans",
        "Peft.Declarative.App",
    ];

    private readonly CSharpCompilation _compilation;
    private readonly ILookup<string, int> _ranksOfNames;

    /// <param name="sources">Paths below src, with slashes, and their texts.</param>
    internal Rooms(IEnumerable<(string Path, string Text)> sources)
    {
        const string ImplicitUsings = """
            global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
            global using System.Threading; global using System.Threading.Tasks; global using TorchSharp;
            """;
        SyntaxTree[] trees = [.. sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, path: source.Path)), CSharpSyntaxTree.ParseText(ImplicitUsings)];
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        _compilation = CSharpCompilation.Create(
            "Rooms",
            trees,
            platform.Where(file => !Path.GetFileName(file).StartsWith("Peft.Declarative", StringComparison.Ordinal)).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        _ranksOfNames = trees
            .SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
                .Select(NameOf)
                .OfType<string>()
                .Select(name => (Name: name, Rank: Rank(tree.FilePath))))
            .ToLookup(entry => entry.Name, entry => entry.Rank);
    }

    /// <summary>Position in <see cref="Order"/> of the room of a path; −1 if it is in none.</summary>
    internal static int Rank(string path) => Order
        .Select((room, rank) => (room, rank))
        .Where(entry => path.StartsWith(entry.room + "/", StringComparison.Ordinal))
        .OrderByDescending(entry => entry.room.Length)
        .Select(entry => entry.rank)
        .FirstOrDefault(-1);

    /// <summary>Every use of a type in a room after the one that uses it: <c>Layers/Linear.cs names Adapter of Adapters</c>.</summary>
    internal IEnumerable<string> Upward()
    {
        foreach (SyntaxTree tree in _compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0))
        {
            int rank = Rank(tree.FilePath);
            SemanticModel? model = null;   // only files that name something of a later room are bound
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes(descendIntoTrivia: false).OfType<SimpleNameSyntax>())
            {
                if (!_ranksOfNames[name.Identifier.ValueText].Any(other => other > rank))
                {
                    continue;
                }

                model ??= _compilation.GetSemanticModel(tree);
                if (Declared(model.GetSymbolInfo(name).Symbol) is { } used && Rank(used) > rank)
                {
                    yield return $"{tree.FilePath} names {name.Identifier.ValueText} of {Order[Rank(used)]}";
                }
            }
        }
    }

    // A type by its name, a constructor by its attribute, an extension by its method: the file that declares the type.
    private static string? Declared(ISymbol? symbol)
    {
        INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? (symbol as IMethodSymbol)?.ContainingType;
        return type?.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree.FilePath).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type when type.Identifier.ValueText.EndsWith("Attribute", StringComparison.Ordinal) => type.Identifier.ValueText[..^"Attribute".Length],
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        MethodDeclarationSyntax method when method.ParameterList.Parameters.Any(parameter => parameter.Modifiers.Any(SyntaxKind.ThisKeyword)) => method.Identifier.ValueText,
        _ => null,
    };
}
