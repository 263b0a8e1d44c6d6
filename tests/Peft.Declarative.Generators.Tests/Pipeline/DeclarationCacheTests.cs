using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Pipeline;

/// <summary>A declaration is read again when something changed that it may depend on, and else not.</summary>
public class DeclarationCacheTests
{
    private const string Persona =
        """
        using Peft.Declarative; using Peft.Declarative.Models;
        [Lora(rank: Sizes.Rank)] public sealed partial class Persona : Middle;
        """;

    private const string Middle = "public abstract class Middle(Peft.Declarative.Models.LlamaConfig config) : Peft.Declarative.Models.LlamaForCausalLM(config);";
    private const string Sizes = "public static class Sizes { public const int Rank = Numbers.Four; }";
    private const string Numbers = "public static class Numbers { public const int Four = 4; }";
    private const string Other = "namespace Shop; public class Order { public int Total; }";

    private readonly Compilation _before = Generated.Compile(Persona).AddSyntaxTrees(
        Parse("Middle.cs", Middle), Parse("Sizes.cs", Sizes), Parse("Numbers.cs", Numbers), Parse("Other.cs", Other));

    [Theory]
    [InlineData("Other.cs", "namespace Shop; public class Order { public int Total; public int Count; }")]
    [InlineData("Other.cs", "namespace Shop; public class Order { public int Total; } public class Invoice;")]
    public void EditOfWhatIsNotMentioned_ReadsNothingAgain(string file, string text) => Assert.Same(Read(_before), Read(Edit(file, text)));

    [Theory]
    [InlineData("Middle.cs", Middle + " // typed")]
    [InlineData("Sizes.cs", "public static class Sizes { public const int Rank = 8; }")]
    [InlineData("Numbers.cs", "public static class Numbers { public const int Four = 5; }")]
    [InlineData("Other.cs", "namespace Shop; public class Order { public int Total; } public class Sizes;")]
    [InlineData("Other.cs", "namespace Shop; public class Order { public int Total; } public class PersonaApp;")]
    [InlineData("Other.cs", "namespace Shop; public class Order { public int Total; } public class tensor;")]
    [InlineData("Other.cs", "global using Shop; namespace Shop; public class Order { public int Total; }")]
    [InlineData("Other.cs", "namespace Sizes; public class Order { public int Total; }")]
    public void EditOfWhatMayMatter_ReadsAgain(string file, string text) => Assert.NotSame(Read(_before), Read(Edit(file, text)));

    [Fact]
    public void ConstantOfAConstant_Changed_IsSeen()
    {
        ModelDeclaration before = Read(_before)!, after = Read(Edit("Numbers.cs", "public static class Numbers { public const int Four = 5; }"))!;

        Assert.NotEqual(before, after);
    }

    [Fact]
    public void AnotherReference_ReadsAgain() =>
        Assert.NotSame(Read(_before), Read(_before.AddReferences(References.App)));

    [Fact]
    public void FilesOfTheGenerator_ReadNothingAgain() => Assert.Same(
        Read(_before), Read(_before.AddSyntaxTrees(Parse("obj/Peft.Declarative.Generators/Peft.Declarative.Generators.DeclarativeGenerator/Persona.Adapters.g.cs", "partial class Persona;"))));

    [Fact]
    public void AttributeUnderANameOfTheProject_IsFound()
    {
        Compilation renamed = Generated.Compile("[Low(4)] public sealed partial class Persona : Peft.Declarative.Models.LlamaForCausalLM;")
            .AddSyntaxTrees(Parse("Usings.cs", "global using Low = Peft.Declarative.LoraAttribute;"));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new DeclarativeGenerator()).RunGenerators(renamed);

        Assert.NotEmpty(driver.GetRunResult().GeneratedTrees);
    }

    private Compilation Edit(string file, string text) => _before.ReplaceSyntaxTree(_before.SyntaxTrees.Single(tree => tree.FilePath == file), Parse(file, text));

    private static ModelDeclaration? Read(Compilation compilation)
    {
        SyntaxNode root = compilation.SyntaxTrees.First().GetRoot(TestContext);
        return DeclarationCache.At(root.DescendantNodes().OfType<TypeDeclarationSyntax>().Single(), compilation, TestContext);
    }

    private static CancellationToken TestContext => CancellationToken.None;

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, path: path);
}
