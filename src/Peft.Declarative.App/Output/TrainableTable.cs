using System.Globalization;
using System.Text.RegularExpressions;
using Spectre.Console;
using TorchSharp.Modules;

namespace Peft.Declarative.App.Output;

/// <summary>The table of trainable parameters. Parameters that differ only in the index of the block share one row.</summary>
public static partial class TrainableTable
{
    /// <summary>Creates the table.</summary>
    /// <param name="model">A model with active adapters.</param>
    public static Table Of(CausalLanguageModel model)
    {
        Table table = new Table().RoundedBorder().AddColumns("trainable", "shape");
        table.AddColumn(new TableColumn("tensors").RightAligned());
        table.AddColumn(new TableColumn("parameters").RightAligned());
        foreach (var group in model.TrainableParameters.GroupBy(parameter => (Name: Folded(parameter.Name), Shape: Shape(parameter.Value))))
        {
            table.AddRow(
                Markup.Escape(group.Key.Name),
                Markup.Escape(group.Key.Shape),
                Text(group.Count()),
                Text(group.Sum(parameter => parameter.Value.numel())));
        }

        return table;
    }

    /// <summary>The totals as one sentence.</summary>
    /// <param name="model">A model with active adapters.</param>
    public static string Totals(CausalLanguageModel model)
    {
        (long trainable, long all) = Count(model);
        return $"{Text(trainable)} of {Text(all)} parameters are trainable ({((double)trainable / all).ToString("P3", CultureInfo.InvariantCulture)})";
    }

    /// <summary>The numbers of trainable parameters and of all parameters.</summary>
    internal static (long Trainable, long All) Count(CausalLanguageModel model)
    {
        long trainable = model.TrainableParameters.Sum(parameter => parameter.Value.numel());
        HashSet<IntPtr> adapters = [.. model.Adapters.SelectMany(adapter => adapter.Tensors).Select(tensor => tensor.Value.Handle)];
        long frozen = model.parameters().Where(parameter => !adapters.Contains(parameter.Handle)).Sum(parameter => parameter.numel());
        return (trainable, trainable + frozen);
    }

    internal static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    // default.base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight → model.layers.*.self_attn.q_proj.lora_A.weight
    private static string Folded(string name) => Number().Replace(name.Replace("base_model.model.", "", StringComparison.Ordinal), ".*");

    private static string Shape(Parameter value) => $"[{string.Join(", ", value.shape)}]";

    [GeneratedRegex(@"\.\d+(?=\.)")]
    private static partial Regex Number();
}
