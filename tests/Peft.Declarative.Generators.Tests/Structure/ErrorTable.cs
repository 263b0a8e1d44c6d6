using System.Text;
using System.Text.RegularExpressions;
using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>The README's table of everything that the library refuses or warns of, written from the ids and the sentences beside them.</summary>
internal static partial class ErrorTable
{
    private static readonly (char First, string Title)[] Groups =
    [
        ('0', "the declaration"), ('1', "the layers"), ('2', "the numbers"), ('3', "what goes together"), ('4', "training"), ('5', "models and files"), ('6', "training data"),
        ('7', "adapters"), ('8', "generation and chats"), ('9', "the machine"),
    ];

    /// <summary>Ids with the sentences that are written above them, in the order of the ids. An id without a sentence has an empty one.</summary>
    internal static IReadOnlyList<(string Id, string Text)> Entries { get; } =
    [
        .. Entry().Matches(File.ReadAllText(Path.Combine(Repository.Root, "src", "Peft.Declarative.Text", "Errors", "RuleIds.cs")).ReplaceLineEndings("\n"))
            .Select(match => (match.Groups["id"].Value, match.Groups["text"].Value))
            .OrderBy(entry => entry.Item1, StringComparer.Ordinal),
    ];

    internal static string Write()
    {
        var table = new StringBuilder("| Id | About | What it tells |\n|---|---|---|\n");
        foreach ((string id, string text) in Entries)
        {
            string about = Groups.First(group => group.First == id["PEFT".Length]).Title;
            string name = RuleCatalog.All.FirstOrDefault(rule => rule.Id == id) is { } rule
                ? $"[{id}](generators/Peft.Declarative.Generators/Rules/{rule.HelpLinkUri[RuleCatalog.Pages.Length..]})"
                : id;
            table.Append($"| {name} | {about} | {text} |\n");
        }

        return table.ToString();
    }

    [GeneratedRegex("""(?:/// <summary>(?<text>[^\n]*)</summary>\n\s*)?internal const string \w+ = "(?<id>PEFT\d{3})";""")]
    private static partial Regex Entry();
}
