using System.Globalization;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Formats numbers about a whole model for headers and documentation comments.</summary>
internal static class ModelReport
{
    /// <summary>Formats the number of trained parameters, and their fraction of the model if its size is known.</summary>
    internal static string Share(long trainable, ModelPlan model)
    {
        string count = RuleTexts.Count(trainable);
        return model is { BaseParameters: { } baseParameters, Trainable: { } all }
            ? $"{count} parameters ({Percent(trainable, baseParameters + all)})"
            : $"{count} parameters";
    }

    /// <summary>Formats the lines under the table: parameters and size of the file, and the memory of a step if it is known.</summary>
    internal static IEnumerable<string> Totals(ModelPlan model)
    {
        yield return Total(model);
        if (model.Memory is not { } memory) yield break;

        string batch = $"{RuleTexts.Count(model.Declaration.Training.BatchSize)} × {RuleTexts.Count(model.Tokens)}";
        yield return $"memory of a step of {batch} tokens {Size((long)memory.Total)}: {string.Join(", ", memory.Parts.Where(part => part.Bytes > 0).Select(part => $"{part.Name} {Size((long)part.Bytes)}"))}";
    }

    /// <summary>Formats the line under the table: the trained and all parameters, and the size of the file.</summary>
    private static string Total(ModelPlan model)
    {
        if (model.Trainable is not { } trainable)
        {
            return model.BaseParameters is { } known
                ? $"the base has {RuleTexts.Count(known)} parameters; what is trained is counted when it is on the model: see Adapter.ParameterCount"
                : model.Declaration.Shape.IsPretrained
                ? "sizes come from the checkpoint; [BaseConfig(\"…/config.json\")] shows shapes and counts here"
                : "counts depend on sizes and numbers of blocks that only the running program knows";
        }

        string of = model.BaseParameters is { } parameters
            ? $" of {RuleTexts.Count(parameters + trainable)} ({Percent(trainable, parameters + trainable)})"
            : "";
        return $"trainable {RuleTexts.Count(trainable)}{of}, adapter {(model.Adapters.Count == 1 ? "file" : "files")} {Size(model.FileBytes ?? (trainable * sizeof(float)))}";
    }

    internal static string Size(long bytes) => bytes switch
    {
        < 1 << 20 => $"{RuleTexts.Count((bytes + 1023) >> 10)} KiB",
        < 1L << 30 => (bytes / (double)(1 << 20)).ToString("0.0", CultureInfo.InvariantCulture) + " MiB",
        _ => Gibibytes(bytes) + " GiB",
    };

    internal static string Mebibytes(double bytes) => (bytes / (1 << 20)).ToString("0.00", CultureInfo.InvariantCulture);

    internal static string Gibibytes(double bytes) => (bytes / (1L << 30)).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Percent(long part, long whole)
    {
        double percent = 100.0 * part / whole;
        return percent.ToString(percent < 1 ? "0.000" : "0.0", CultureInfo.InvariantCulture) + " %";
    }
}
