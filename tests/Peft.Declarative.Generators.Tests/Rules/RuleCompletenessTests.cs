using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Generators.Tests.Rules;

/// <summary>A rule has a page with a wrong and a right example, and an entry in the list of releases.</summary>
public class RuleCompletenessTests
{
    private static readonly string Generators = Path.Combine(Repository.Root, "generators", "Peft.Declarative.Generators");

    public static TheoryData<string> Rules => [.. RuleCatalog.All.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_InTheCatalogue_HasPageExamplesAndReleaseEntry(string id)
    {
        string page = File.ReadAllText(Path.Combine(Generators, "Rules", RuleCatalog.Of(id).HelpLinkUri[RuleCatalog.Pages.Length..]));
        string releases = File.ReadAllText(Path.Combine(Generators, "AnalyzerReleases.Unshipped.md")) + File.ReadAllText(Path.Combine(Generators, "AnalyzerReleases.Shipped.md"));

        Assert.Contains("## When to suppress", page);
        Assert.Contains($"{id} | {RuleCatalog.Of(id).Category} | {RuleCatalog.Of(id).DefaultSeverity} | {RuleCatalog.Of(id).Title}", releases);
        if (id == "PEFT901") return;   // a fault of ours has no example

        Assert.Contains("## Wrong", page);
        Assert.Contains("## Right", page);
    }
}
