using System.Globalization;
using System.Text.RegularExpressions;
using Spectre.Console;
using TorchSharp.Modules;

namespace Peft.Declarative.App.Output;

/// <summary>The table of trainable parameters. Parameters that differ only in the index of the block share one row.</summary>
public static partial class TrainableTable
{
    private const int NarrowWidth = 60;
    private const int LeastName = 9;
    private const int Frame = 13;   // five lines, and two spaces around each of four columns

    private static readonly string[] Headings = ["trainable", "shape", "tensors", "parameters"];
    private static readonly string[] NarrowHeadings = ["trainable", "shape", "n", "values"];

    /// <summary>Creates the table.</summary>
    /// <param name="model">A model with active adapters.</param>
    /// <param name="width">The width of the console in characters. Names that do not fit are shortened in the middle. The default is 160.</param>
    public static Table Of(CausalLanguageModel model, int width = 160)
    {
        string[][] rows =
        [
            .. model.TrainableParameters
                .GroupBy(parameter => (Name: Folded(parameter.Name), Shape: Shape(parameter.Value)))
                .Select(group => new[] { group.Key.Name, group.Key.Shape, Text(group.Count()), Text(group.Sum(parameter => parameter.Value.numel())) }),
        ];
        string[] headings = [.. width < NarrowWidth ? NarrowHeadings : Headings];
        int others = Enumerable.Range(1, headings.Length - 1).Sum(column => Math.Max(headings[column].Length, rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max()));
        int room = Math.Max(LeastName, width - others - Frame);
        Table table = new Table().RoundedBorder();
        table.AddColumns([.. headings.Select((heading, column) => Column(heading, isNumber: column > 1))]);
        foreach (string[] row in rows)
        {
            table.AddRow(Markup.Escape(Shortened(row[0], room)), Markup.Escape(row[1]), row[2], row[3]);
        }

        return table;
    }

    /// <summary>Shortens a text to a number of characters, with an ellipsis in the middle.</summary>
    internal static string Shortened(string text, int room)
    {
        if (text.Length <= room)
        {
            return text;
        }

        int head = (room - 1) / 3;
        return $"{text[..head]}…{text[^(room - 1 - head)..]}";
    }

    /// <summary>Formats the totals as one sentence.</summary>
    /// <param name="model">A model with active adapters.</param>
    public static string Totals(CausalLanguageModel model)
    {
        (long trainable, long all) = Count(model);
        return $"{Text(trainable)} of {Text(all)} parameters are trainable ({((double)trainable / all).ToString("P3", CultureInfo.InvariantCulture)})";
    }

    /// <summary>Counts the trainable parameters and all parameters.</summary>
    internal static (long Trainable, long All) Count(CausalLanguageModel model)
    {
        long trainable = model.TrainableParameters.Sum(parameter => parameter.Value.numel());
        HashSet<IntPtr> adapters = [.. model.Adapters.SelectMany(adapter => adapter.Tensors).Select(tensor => tensor.Value.Handle)];
        long frozen = model.parameters().Where(parameter => !adapters.Contains(parameter.Handle)).Sum(parameter => parameter.numel());
        return (trainable, trainable + frozen);
    }

    internal static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static TableColumn Column(string heading, bool isNumber)
    {
        TableColumn column = new TableColumn(heading).NoWrap();
        return isNumber ? column.RightAligned() : column;
    }

    // default.base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight → model.layers.*.self_attn.q_proj.lora_A.weight
    private static string Folded(string name) => Number().Replace(name.Replace("base_model.model.", "", StringComparison.Ordinal), ".*");

    private static string Shape(Parameter value) => $"[{string.Join(", ", value.shape)}]";

    [GeneratedRegex(@"\.\d+(?=\.)")]
    private static partial Regex Number();
}
