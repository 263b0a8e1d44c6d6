using System.Globalization;
using System.Text;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods;

namespace Peft.Declarative.Tests.Methods;

/// <summary>The table of methods and families of the README, written from the catalog.</summary>
internal static class MethodTable
{
    /// <summary>Families by the columns that they share.</summary>
    private static readonly (string Title, string[] Families)[] Columns =
    [
        ("Llama, Mistral", ["llama", "mistral"]), ("Qwen 2", ["qwen2"]), ("GPT-2", ["gpt2"]), ("BERT, RoBERTa", ["bert", "roberta"]), ("T5", ["t5"]),
    ];

    private static readonly (MethodClass Class, string Title)[] Groups =
    [
        (MethodClass.Additive, "additive"), (MethodClass.Selective, "selective"), (MethodClass.Reparameterized, "reparameterized"), (MethodClass.Hybrid, "hybrid"),
    ];

    internal static string Write()
    {
        var text = new StringBuilder();
        text.Append("| Class | Method | Position | ").AppendJoin(" | ", Columns.Select(column => column.Title)).Append(" | Merges | Paper |\n");
        text.Append("|---|---|---|").Append(string.Concat(Enumerable.Repeat("---|", Columns.Length + 2))).Append('\n');
        foreach ((MethodClass group, string title) in Groups)
        {
            foreach (MethodFacts method in MethodCatalog.Facts.Where(facts => facts.Class == group).OrderBy(facts => facts.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {title} | {Name(method)} | {method.Place} | ")
                    .AppendJoin(" | ", Columns.Select(column => Mark(column.Families.All(family => method.Families?.Contains(family) ?? true))))
                    .Append(CultureInfo.InvariantCulture, $" | {Mark(method.Merges)} | {Paper(method)} |\n");
            }
        }

        return text.ToString();
    }

    internal static string Title(MethodClass group) => Groups.First(entry => entry.Class == group).Title;

    private static string Name(MethodFacts method) => $"[`[{method.Name}]`](src/Peft.Declarative/Methods/{method.Name}/README.md)";

    internal static string Paper(MethodFacts method) => method.Paper.Length == 0 ? "" : $"[{method.Paper}](https://arxiv.org/abs/{method.Paper})";

    private static string Mark(bool holds) => holds ? "✓" : "–";
}
