using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Peft.Declarative.CodeFixes;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Rules.Torch;
using Peft.Declarative.Generators.Tests.Hosting;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Generators.Tests.Rules;

/// <summary>The examples of the pages are run: the wrong ones break their rule, and the right ones none.</summary>
public partial class RulePageTests
{
    public static TheoryData<string> Rules => [.. RuleCatalog.All.Select(rule => rule.Id).Where(id => id != RuleCatalog.GeneratorFailed.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void WrongExample_OfAPage_BreaksItsRule(string id)
    {
        string[] examples = Examples(id, "Wrong");

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Equal([id], Find(example).Distinct()));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void RightExample_OfAPage_BreaksNone(string id)
    {
        string[] examples = Examples(id, "Right");

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Empty(Find(example, hasApp: id == "PEFT005")));
    }

    /// <summary>Every fix is shown before and after, for every rule that it is for.</summary>
    [Fact]
    public void Fix_ForARule_IsTested()
    {
        string tests = string.Concat(Repository.Sources("tests/Peft.Declarative.Generators.Tests/Fixes").Select(source => source.Text));
        IEnumerable<RuleFix> fixes = typeof(RuleFix).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RuleFix))).Select(type => (RuleFix)Activator.CreateInstance(type)!);
        IEnumerable<string> missing = fixes
            .SelectMany(fix => fix.FixableDiagnosticIds.Select(id => (Fix: fix.GetType().Name, Id: id)))
            .Where(pair => !tests.Contains($"{pair.Fix}>(") || !tests.Contains($"{{|{pair.Id}:"))
            .Select(pair => $"{pair.Fix} for {pair.Id}");

        Assert.Equal([], missing);
    }

    [Fact]
    public void Fix_IsForRulesThatExist()
    {
        string[] known = [.. RuleCatalog.All.Concat(TorchRules.All).Select(rule => rule.Id)];

        Assert.All(
            typeof(RuleFix).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RuleFix))),
            type => Assert.Subset(known.ToHashSet(), ((RuleFix)Activator.CreateInstance(type)!).FixableDiagnosticIds.ToHashSet()));
    }

    private static IEnumerable<string> Find(string example, bool hasApp = false) =>
        (hasApp ? Generated.FromProgram(Whole(example)) : Generated.From(Whole(example), Configs.Llama1B)).Analyze(Configs.Llama1B, SavedAdapters.Captain).Select(diagnostic => diagnostic.Id);

    private static string[] Examples(string id, string heading)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "generators", "Peft.Declarative.Generators", "Rules", RuleCatalog.Of(id).HelpLinkUri[RuleCatalog.Pages.Length..])).ReplaceLineEndings("\n");
        Match section = Regex.Match(page, $@"## {heading}\n(.*?)(\n## |$)", RegexOptions.Singleline);
        return [.. Code().Matches(section.Value).Select(match => match.Groups[1].Value)];
    }

    /// <summary>An example as a program has it: members inside a module, attributes on a class, statements in a method.</summary>
    private static string Whole(string example)
    {
        int statements = example.IndexOf("\nusing Persona", StringComparison.Ordinal);
        if (statements >= 0) return $"{example[..statements]}\ninternal static class Use {{ internal static void Run() {{ {example[statements..]} }} }}";
        if (example.Contains("class ")) return example.TrimEnd().EndsWith('}') || example.Contains(';') ? example : example + ";";
        if (!example.Contains("private ")) return $"{example}{(example.Contains("BaseConfig") ? "" : "[BaseConfig(\"llama-3.2-1b/config.json\")] ")}public sealed partial class Persona : LlamaForCausalLM;";

        string forward = example.Contains("forward") ? "" : "public override Tensor forward(Tensor x) { foreach ((string _, Module child) in named_children()) x = ((Module<Tensor, Tensor>)child).call(x); return x; }";
        return $"public sealed partial class Tiny : Module<Tensor, Tensor> {{ {example}\n public Tiny() : base(\"tiny\") => RegisterComponents(); {forward} }}";
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
