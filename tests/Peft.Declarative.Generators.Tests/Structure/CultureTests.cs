using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>
/// Numbers become text alike on every system. The rules CA1304 to CA1311 find calls without a culture; what they do not see is a number in an interpolated
/// string or behind a plus sign.
/// </summary>
public class CultureTests
{
    [Fact]
    public void Number_InAText_IsWrittenInTheInvariantCulture()
    {
        string found = string.Join('\n', Of(Repository.Sources("src").Concat(Repository.Sources("generators")).Concat(Repository.Sources("samples"))));

        Assert.True(found.Length == 0, found);
    }

    [Theory]
    [InlineData("$\"{number}\"", true)]
    [InlineData("$\"{half:F2}\"", true)]
    [InlineData("$\"{count:N0}\"", true)]
    [InlineData("$\"{maybe}\"", true)]
    [InlineData("\"is \" + number", true)]
    [InlineData("string.Join(\", \", numbers)", true)]
    [InlineData("$\"{count}\"", false)]
    [InlineData("$\"{count:x4}\"", false)]
    [InlineData("FormattableString.Invariant($\"{number}\")", false)]
    [InlineData("string.Create(CultureInfo.InvariantCulture, $\"{number:F2}\")", false)]
    public void Number_ThatFollowsTheSystem_IsFound(string text, bool found)
    {
        string source = $$"""
            using System.Globalization;
            namespace Sample;
            internal static class Text { internal static string Of(double number, float half, int count, double? maybe, double[] numbers) => {{text}}; }
            """;

        Assert.Equal(found, Of([("Sample.cs", source)]).Any());
    }

    private static IEnumerable<string> Of(IEnumerable<(string Path, string Text)> sources)
    {
        const string ImplicitUsings = """
            global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
            global using System.Threading; global using System.Threading.Tasks; global using TorchSharp;
            """;
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        SyntaxTree[] trees = [.. sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, path: source.Path))];
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Texts",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings)],
            platform.Where(file => !Path.GetFileName(file).StartsWith("Peft.Declarative", StringComparison.Ordinal)).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        return trees.SelectMany(tree => Of(tree, compilation.GetSemanticModel(tree)));
    }

    private static IEnumerable<string> Of(SyntaxTree tree, SemanticModel model)
    {
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            string? found = node switch
            {
                InterpolationSyntax hole when Follows(model.GetTypeInfo(hole.Expression).Type, hole.FormatClause?.FormatStringToken.ValueText) && !IsInvariant(hole, model) => hole.ToString(),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when IsText(sum.Left, model) && IsName(sum.Right) && Follows(model.GetTypeInfo(sum.Right).Type) => sum.Right.ToString(),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when IsText(sum.Right, model) && IsName(sum.Left) && Follows(model.GetTypeInfo(sum.Left).Type) => sum.Left.ToString(),
                InvocationExpressionSyntax call when JoinsNumbers(call, model) => call.ToString(),
                _ => null,
            };
            if (found is not null)
            {
                yield return $"{tree.FilePath}({tree.GetLineSpan(node.Span).StartLinePosition.Line + 1}): {found}";
            }
        }
    }

    // Whole numbers are digits and a sign everywhere, unless they are grouped.
    private static bool Follows(ITypeSymbol? type, string? format = null)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        return type switch
        {
            { SpecialType: SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal or SpecialType.System_DateTime } => true,
            { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_UInt64 } => format?.Length > 0 && format[0] is not ('x' or 'X' or 'D' or '0'),
            { Name: "Half" or "DateTimeOffset" or "BFloat16" } => true,
            _ => false,
        };
    }

    private static bool IsInvariant(InterpolationSyntax hole, SemanticModel model) => model.GetTypeInfo(hole.Parent!).ConvertedType?.Name == "FormattableString" || hole.Ancestors().OfType<InvocationExpressionSyntax>().Any(call =>
        call.Expression.ToString().EndsWith("FormattableString.Invariant", StringComparison.Ordinal)
        || call.ArgumentList.Arguments.Any(argument => argument.Expression.ToString().EndsWith("CultureInfo.InvariantCulture", StringComparison.Ordinal)));

    private static bool IsText(ExpressionSyntax side, SemanticModel model) => model.GetTypeInfo(side).Type?.SpecialType == SpecialType.System_String;

    // Literals need no look at their types, which takes most of the time.
    private static bool IsName(ExpressionSyntax side) => side is not (LiteralExpressionSyntax or InterpolatedStringExpressionSyntax or BinaryExpressionSyntax);

    private static bool JoinsNumbers(InvocationExpressionSyntax call, SemanticModel model) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Join" or "Concat" } && model.GetSymbolInfo(call).Symbol is IMethodSymbol { Name: "Join" or "Concat", ContainingType.SpecialType: SpecialType.System_String, TypeArguments: [var element] } && Follows(element);
}
