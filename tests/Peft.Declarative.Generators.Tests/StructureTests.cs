using System.Runtime.CompilerServices;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.Generators.Tests;

/// <summary>What a newcomer may rely on: a method is one folder with mirrors, a rule has a page.</summary>
public class StructureTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Methods => [.. MethodCatalog.All.Select(method => method.Name)];

    public static TheoryData<string> Rules => [.. RuleCatalog.All.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_InTheCatalogue_HasItsFolderEverywhere(string method)
    {
        Assert.True(File.Exists(Path.Combine(Root, "src", "Peft.Declarative", "Methods", method, $"{method}Attribute.cs")), "attribute");
        Assert.True(Directory.Exists(Path.Combine(Root, "generators", "Peft.Declarative.Generators", "Methods", method)), "generator");
        Assert.True(Directory.Exists(Path.Combine(Root, "tests", "Peft.Declarative.Generators.Tests", "Methods", method)), "generator tests");
        Assert.True(Directory.Exists(Path.Combine(Root, "tests", "Peft.Declarative.Tests", "Methods", method)), "runtime tests");
    }

    [Fact]
    public void Attribute_OfAMethod_HasItsRowInTheCatalogue()
    {
        IEnumerable<string> declared = Directory.GetDirectories(Path.Combine(Root, "src", "Peft.Declarative", "Methods"))
            .Select(folder => Path.GetFileName(folder))
            .Where(method => File.Exists(Path.Combine(Root, "src", "Peft.Declarative", "Methods", method, $"{method}Attribute.cs")));

        Assert.Equal(declared.Order(), MethodCatalog.All.Select(method => method.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_InTheCatalogue_HasThePageThatItsLinkOpens(string id)
    {
        string link = RuleCatalog.Of(id).HelpLinkUri;
        string page = Path.Combine(Root, "generators", "Peft.Declarative.Generators", "Rules", link[RuleCatalog.Pages.Length..]);

        Assert.True(File.Exists(page), page);
        Assert.StartsWith($"# {id}: {RuleCatalog.Of(id).Title}\n", File.ReadAllText(page).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Page_OfARule_HasItsRule() => Assert.Equal(
        Directory.GetDirectories(Path.Combine(Root, "generators", "Peft.Declarative.Generators", "Rules")).Select(folder => Path.GetFileName(folder)[..7]).Order(),
        RuleCatalog.All.Select(rule => rule.Id).Order());

    private static string FindRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
