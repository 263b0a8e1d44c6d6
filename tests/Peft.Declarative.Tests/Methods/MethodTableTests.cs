using System.Runtime.CompilerServices;
using Peft.Declarative.Adapters;
using Peft.Declarative.Methods;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What the README says of the methods is what the catalogue says, and what the invariants are run for.</summary>
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
    public void Method_HasItsPage(string method) =>
        Assert.True(File.Exists(Path.Combine(Root(), "src", "Peft.Declarative", "Methods", method, "README.md")));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_RunsTheInvariantsOnEveryFamilyThatItNames(string method)
    {
        if (method == "AdapterFusion")
        {
            return;   // needs trained adapters to blend, which no sample has; FusionTests run it on every family
        }

        MethodSample[] samples = [.. MethodSamples.All.Where(sample => MethodCatalog.Of(sample.Config).Facts.Name == method)];
        MethodFacts facts = MethodCatalog.All.First(known => known.Facts.Name == method).Facts;

        IEnumerable<string> run = samples.SelectMany(sample => sample.Families).Intersect(TinyFamilies.Dense).Order();

        Assert.Equal(TinyFamilies.Dense.Where(family => facts.Families?.Contains(family) ?? true).Order(), run);
        Assert.All(samples, sample => Assert.Equal(facts.Merges, sample.Merges));
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
