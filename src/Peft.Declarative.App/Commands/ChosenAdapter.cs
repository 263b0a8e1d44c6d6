using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.App.Commands;

/// <summary>The adapter of the <c>--adapter</c> option, which can differ from the declared one.</summary>
internal static class ChosenAdapter
{
    private const string Name = "default";

    // The fields without effect on the adapter's output.
    private static readonly HashSet<string> Unsaid =
    [
        "base_model_name_or_path", "inference_mode", "task_type", "revision", "auto_mapping", "peft_version", "init_lora_weights", "init_weights", "lora_dropout", "vera_dropout",
        "runtime_config", "model_name", "model_class", "version", "name", "hidden_size",
    ];

    /// <summary>Loads the adapter with the settings of its files, and reports differences from the declaration to the error stream.</summary>
    internal static void Load(PretrainedModel model, string declaration, string directory, AppOutput output)
    {
        Adapter? declared = model.Adapters.FirstOrDefault(adapter => adapter.Name == Name);
        JsonObject? wanted = declared is null ? null : Settings(declared, model);
        Adapter loaded = Attach(model, declared, directory);
        foreach (string warning in loaded.Warnings)
        {
            output.Error.WriteLine(warning);
        }

        if (wanted is not null && Differences(wanted, Settings(loaded, model)) is { Count: > 0 } differences)
        {
            output.Error.WriteLine($"{RuleIds.AdapterUndeclared}: The adapter in '{directory}' differs from the declaration of '{declaration}': {ProblemList.Of(differences)}. "
                + "The settings of its files are used.");
        }
    }

    private static Adapter Attach(PretrainedModel model, Adapter? declared, string directory)
    {
        try
        {
            return model.LoadAdapter(directory);
        }
        catch (PeftException) when (declared is not null)
        {
            // It does not fit into the declared adapter. Only loading it separately shows whether it fits the model.
            model.Adapters.Remove(Name);
            return model.LoadAdapter(directory);
        }
    }

    private static JsonObject Settings(Adapter adapter, PretrainedModel model) => adapter.Config.Resolve(adapter, model).ToJson();

    private static List<string> Differences(JsonObject declared, JsonObject loaded)
    {
        string[] method = ["peft_type", "architecture"];
        if (method.Any(key => !Same(declared[key], loaded[key])))
        {
            return [$"its method is {Text(loaded["peft_type"] ?? loaded["architecture"])}, not {Text(declared["peft_type"] ?? declared["architecture"])}"];
        }

        return
        [
            .. from key in declared.Select(entry => entry.Key).Union(loaded.Select(entry => entry.Key)).Except(Unsaid).Order(StringComparer.Ordinal)
               where declared.ContainsKey(key) && loaded.ContainsKey(key) && !Same(declared[key], loaded[key])
               select $"{key} is {Text(loaded[key])}, not {Text(declared[key])}",
        ];
    }

    // The order of targets has no effect.
    private static bool Same(JsonNode? one, JsonNode? other) => one is JsonArray first && other is JsonArray second
        ? first.Select(Text).Order(StringComparer.Ordinal).SequenceEqual(second.Select(Text).Order(StringComparer.Ordinal))
        : JsonNode.DeepEquals(one, other) || Text(one) == Text(other);

    private static string Text(JsonNode? value) => UntrustedText.Shown(value switch
    {
        null => "unset",
        JsonArray items => string.Join(", ", items.Select(Text).Order(StringComparer.Ordinal)),
        JsonValue text when text.TryGetValue(out string? words) => words,
        _ => value.ToJsonString(),
    });
}
