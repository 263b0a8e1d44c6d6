using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the table in the header of a file, with one row per matched layer.</summary>
internal static class LayerTable
{
    /// <summary>Writes a row with its columns separated by tabs. <see cref="Align"/> converts them to spaces.</summary>
    internal static string Row(PlannedLayer layer, string parts, long? count) => Row(layer, layer.Layer.Name, parts, count);

    /// <summary>Writes a row with another name than the layer's.</summary>
    internal static string Row(PlannedLayer layer, string name, string parts, long? count)
    {
        string shape = layer switch
        {
            { Output: > 0, Input: > 0 } => $"{layer.Input} → {layer.Output}",
            { Output: > 0 } => $"[{layer.Output}]",
            _ => "",
        };
        return string.Join("\t", name, Coverage(layer), shape, parts, count is { } number ? RuleTexts.Count(number) : "");
    }

    /// <summary>Names the layers of rows: by name if that is unique, otherwise with the necessary part of their path.</summary>
    internal static Func<PlannedLayer, string> Names(IEnumerable<PlannedLayer> layers)
    {
        List<string> paths = layers.Select(layer => layer.Layer.Path).Distinct().ToList();
        return layer =>
        {
            string[] parts = layer.Layer.Path.Split('.');
            string name = layer.Layer.Name;
            if (paths.Count(path => path.EndsWith("." + name, StringComparison.Ordinal) || path == name) <= 1) return name;

            string above = parts.Length > 1 ? parts[parts.Length - 2] + "." + name : name;
            return paths.Count(path => path.EndsWith("." + above, StringComparison.Ordinal) || path == above) <= 1 ? above : $"{parts[0]} {above}";
        };
    }

    /// <summary>Pads the columns of rows and removes empty columns. Lines without columns are not changed.</summary>
    internal static IEnumerable<string> Align(IReadOnlyList<string> rows)
    {
        List<string[]> cells = rows.Select(row => row.Split('\t')).ToList();
        int columns = cells.Where(row => row.Length > 1).Select(row => row.Length).DefaultIfEmpty(0).Max();
        int[] widths = Enumerable.Range(0, columns)
            .Select(column => cells.Where(row => row.Length > 1 && row.Length > column).Max(row => row[column].Length))
            .ToArray();
        return cells.Select(row => row.Length == 1
            ? row[0]
            : string.Join("   ", row.Select((cell, i) => i == columns - 1 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])).Where((_, i) => widths[i] > 0)).TrimEnd());
    }

    private static string Coverage(PlannedLayer layer) => layer switch
    {
        { InBlocks: false } => "1 layer",
        { Occurrences: > 0 } => $"{layer.Count} of {layer.Occurrences} layers",
        { Blocks.Count: > 0 } => $"{(layer.Blocks.Count == 1 ? "block" : "blocks")} {string.Join(", ", layer.Blocks)}",
        _ => "every block",
    };
}
