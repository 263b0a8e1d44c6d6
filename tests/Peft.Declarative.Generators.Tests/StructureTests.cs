using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.Generators.Tests;

/// <summary>What a newcomer may rely on: a method is one folder with mirrors, a rule has a page.</summary>
public class StructureTests
{
    private static readonly string Root = FindRoot();

    // Files that name methods, with the reason.
    private static readonly Dictionary<string, string> MayNameMethods = new(StringComparer.Ordinal)
    {
        ["MethodCatalog.cs"] = "The row of each method.",
        ["RuleTexts.Classes.cs"] = "Errors that say what to declare.",
        ["RuleTexts.Effects.cs"] = "Errors that say which option would have an effect.",
        ["RuleTexts.Combinations.cs"] = "An error that says what to use instead.",
    };

    // Methods whose papers start from another one, and whose code does.
    private static readonly Dictionary<string, string[]> Builders = new(StringComparer.Ordinal)
    {
        ["Bottleneck"] = ["AdapterFusion", "MixAndMatch", "ParallelBottleneck", "UniPelt"],
        ["LoHa"] = ["LoKr"],
        ["Lora"] = ["AdaLora", "Dora", "LoHa", "LoKr", "Poly", "UniPelt"],
        ["ParallelBottleneck"] = ["Bottleneck", "MixAndMatch"],
        ["PrefixTuning"] = ["MixAndMatch", "UniPelt"],
        ["PromptTuning"] = ["MultitaskPromptTuning"],
    };

    private static readonly string[] Roots = [Path.Combine(Root, "src"), Path.Combine(Root, "generators")];

    public static TheoryData<string> MethodFolders =>
        [.. Directory.GetDirectories(Path.Combine(Root, "src", "Peft.Declarative", "Methods")).Select(folder => Path.GetFileName(folder)!)];

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

    [Fact]
    public void Core_OutsideTheMethods_NamesNone()
    {
        string library = Path.Combine(Root, "src", "Peft.Declarative");
        string methods = Path.Combine(library, "Methods");
        string types = string.Join("|", Directory.GetFiles(methods, "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension));
        var named = new Regex($@"Peft\.Declarative\.Methods\b|\b({types})\b");

        IEnumerable<string> core = new[] { "Adapters", "Checkpoints", "Data", "Generation", "Layers", "Targeting", "Training" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(library, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => Path.GetFileName(file) is not ("MethodCatalog.cs" or "AdapterSet.Composition.cs"));   // the latter makes a fusion on request

        Assert.All(core, file => Assert.DoesNotMatch(named, File.ReadAllText(file)));
    }

    [Theory]
    [MemberData(nameof(MethodFolders))]
    public void Method_IsNamed_InItsOwnFoldersOnly(string method)
    {
        IEnumerable<string> types = MethodHomes(method).SelectMany(Sources).Select(file => Path.GetFileName(file).Split('.')[0]).Append(method).Distinct();
        var names = new Regex($@"\b(?:{string.Join("|", types.Select(Regex.Escape))})\b|\b{method}(?![a-z])");

        IEnumerable<string> mentions = Roots.SelectMany(Sources)
            .Where(file => !MethodHomes(method).Concat(BuiltOn(method)).Any(home => file.StartsWith(home + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            .Where(file => !MayNameMethods.ContainsKey(Path.GetFileName(file)))
            .SelectMany(file => Code(file).Where(line => names.IsMatch(line)).Select(line => $"{Path.GetRelativePath(Root, file)}: {line.Trim()}"));

        Assert.Empty(mentions);
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
        Directory.GetDirectories(Path.Combine(Root, "generators", "Peft.Declarative.Generators", "Rules")).Select(folder => Path.GetFileName(folder).Split('.')).Where(name => name.Length == 2).Select(name => name[0]).Order(),
        RuleCatalog.All.Concat(TorchRules.All).Select(rule => rule.Id).Order());

    private static string[] MethodHomes(string method) =>
    [
        Path.Combine(Root, "src", "Peft.Declarative", "Methods", method),
        Path.Combine(Root, "generators", "Peft.Declarative.Generators", "Methods", method),
    ];

    private static IEnumerable<string> BuiltOn(string method) => Builders.GetValueOrDefault(method, []).SelectMany(MethodHomes);

    private static IEnumerable<string> Sources(string folder) => !Directory.Exists(folder) ? [] : Directory
        .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    // Comments may point to a method as an example.
    private static IEnumerable<string> Code(string file) => File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
