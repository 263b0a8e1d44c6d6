using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Every model family that this library knows, by its <c>model_type</c> in config.json.</summary>
public static class ModelCatalog
{
    private static readonly Dictionary<string, Func<string, Device?, PretrainedModel>> Families = new(StringComparer.Ordinal)
    {
        ["bert"] = BertForSequenceClassification.FromPretrained,
        ["gpt2"] = Gpt2ForCausalLM.FromPretrained,
        ["llama"] = LlamaForCausalLM.FromPretrained,
        ["mistral"] = MistralForCausalLM.FromPretrained,
        ["qwen2"] = Qwen2ForCausalLM.FromPretrained,
        ["roberta"] = RobertaForSequenceClassification.FromPretrained,
        ["t5"] = T5ForConditionalGeneration.FromPretrained,
    };

    /// <summary>The known families, in alphabetical order.</summary>
    public static IReadOnlyList<string> KnownTypes { get; } = [.. Families.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The family of a model directory.</summary>
    /// <param name="directory">Directory with config.json.</param>
    /// <exception cref="PeftException">PEFT503, PEFT504: the file is missing or damaged. PEFT513: it names no family.</exception>
    public static string TypeOf(string directory) => ConfigReader.Open(directory)["model_type"]?.ToString()
        ?? throw Unknown(directory, "names no model_type");

    /// <summary>Reads a model directory with the family that its config.json names.</summary>
    /// <param name="directory">Directory with config.json and the weights.</param>
    /// <param name="device">Where the weights go; the CPU unless set.</param>
    /// <exception cref="PeftException">PEFT513: an unknown family; lists the known ones. Others as in the family's FromPretrained.</exception>
    public static PretrainedModel Load(string directory, Device? device = null)
    {
        string type = TypeOf(directory);
        return Families.TryGetValue(type, out Func<string, Device?, PretrainedModel>? load)
            ? load(directory, device)
            : throw Unknown(directory, $"is a model of type '{UntrustedText.Shown(type)}'");
    }

    private static PeftException Unknown(string directory, string what) => new(RuleIds.UnknownFamily,
        $"'{directory}' {what}. This version knows {string.Join(", ", KnownTypes)}.");
}
