using System.Runtime.CompilerServices;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What the README says of the methods is what the catalog says, and what the invariants are run for.</summary>
public sealed class MethodTableTests
{
    private const string Begin = "<!-- methods: written by MethodTable -->\n";
    private const string End = "<!-- end of methods -->";

    public static TheoryData<string> Methods => [.. MethodCatalog.All.Select(method => method.Facts.Name)];

    public static TheoryData<string> Pages => [.. MethodCatalog.Facts.Select(facts => facts.Name)];

    [Fact]
    public void Readme_TableOfMethods_IsTheCatalogues()
    {
        string path = Path.Combine(Root(), "README.md");
        string readme = File.ReadAllText(path).ReplaceLineEndings("\n");
        int from = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int to = readme.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("PEFT_NEW_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, readme[..from] + MethodTable.Write() + readme[to..]);
            return;
        }

        Assert.Equal(MethodTable.Write(), readme[from..to]);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void MethodPage_UnderItsTitle_HasTheCataloguesFacts(string method)
    {
        string path = Path.Combine(Root(), "src", "Peft.Declarative", "Methods", method, "README.md");
        string page = File.ReadAllText(path).ReplaceLineEndings("\n");
        string expected = MethodPage.With(page, MethodCatalog.Facts.First(facts => facts.Name == method));
        if (Environment.GetEnvironmentVariable("PEFT_NEW_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, expected);
            return;
        }

        Assert.Equal(expected, page);
    }

    [Fact]
    public void Config_NumberThatHasARange_IsCheckedUnderItsName()
    {
        foreach (IAdapterMethod method in MethodCatalog.All)
        {
            var config = (AdapterConfig)RuntimeHelpers.GetUninitializedObject(method.ConfigType);

            Assert.All(method.Facts.Numbers, rule => Assert.Contains(
                method.ConfigType.GetProperties(), property => property.Name.Equals(rule.Argument, StringComparison.OrdinalIgnoreCase)));
            Assert.Equal(
                method.Facts.Numbers.Select(rule => rule.Argument).Order(StringComparer.Ordinal),
                config.Numbers.Select(number => number.Argument).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Attach_WithNumbersOutOfRange_SaysAllOfThemInTheCompilersWords()
    {
        using PretrainedModel model = TinyFamilies.Make("llama");
        var config = new LoraConfig { Rank = 0, Alpha = -1, Dropout = 1, Targets = ["q_proj"] };

        PeftException error = Assert.Throws<PeftException>(() => AdapterWiring.Attach(model, new Adapter("default", config)));

        Assert.Equal("PEFT202", error.Id);
        string name = model.GetType().Name;
        Assert.Equal(
            $"{RuleTexts.RankNotPositive("Lora", name, 0)} {RuleTexts.AlphaNotPositive("Lora", name, -1)} {RuleTexts.DropoutOutOfRange("Lora", name, "Dropout", 1)}",
            error.Message);
    }

    // A fusion needs trained adapters to blend, which no sample has; its own tests run on every family.
    public static TheoryData<string> Sampled => [.. MethodCatalog.All.Select(method => method.Facts.Name).Where(method => method != "AdapterFusion")];

    [Theory]
    [MemberData(nameof(Sampled))]
    public void Method_RunsTheInvariantsOnEveryFamilyThatItNames(string method)
    {
        MethodSample[] samples = [.. MethodSamples.All.Where(sample => MethodCatalog.Of(sample.Config).Facts.Name == method)];
        MethodFacts facts = MethodCatalog.All.First(known => known.Facts.Name == method).Facts;

        IEnumerable<string> run = samples.SelectMany(sample => sample.Families).Intersect(TinyFamilies.Dense).Order();

        Assert.Equal(TinyFamilies.Dense.Where(family => facts.Families?.Contains(family) ?? true).Order(), run);
        Assert.All(samples, sample => Assert.Equal(facts.Merges, sample.Merges));
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
