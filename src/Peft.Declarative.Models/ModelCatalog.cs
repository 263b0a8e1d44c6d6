using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The supported model families, by their <c>model_type</c> in config.json.</summary>
/// <example>
/// <code>
/// using PretrainedModel model = ModelCatalog.Load("models/llama-3.2-1b");
/// </code>
/// </example>
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

    /// <summary>The supported families, in alphabetical order.</summary>
    public static IReadOnlyList<string> KnownTypes { get; } = [.. Families.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Gets the family of a model directory.</summary>
    /// <param name="directory">A directory with config.json.</param>
    /// <exception cref="PeftException">PEFT503, PEFT504: config.json is missing or damaged. PEFT513: it contains no <c>model_type</c>.</exception>
    public static string TypeOf(string directory) => ConfigReader.Open(directory)["model_type"]?.ToString()
        ?? throw Unknown(directory, "names no model_type");

    /// <summary>Loads a model directory with the class of its family.</summary>
    /// <param name="directory">A directory with config.json and the weights.</param>
    /// <param name="device">The device for the weights. The default is the CPU.</param>
    /// <exception cref="PeftException">
    /// PEFT513: the family is not supported; the message lists the supported ones. The exceptions of the family's <c>FromPretrained</c> can occur as well.
    /// </exception>
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
