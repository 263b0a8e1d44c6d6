using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>Virtual tokens [tokens, hidden] that are prepended to the embedded text. Lester et al. 2021, arXiv 2104.08691.</summary>
/// <remarks>
/// In an encoder-decoder there are twice as many, the second half for the decoder: the reference library creates and saves them, and uses the
/// first half only.
/// </remarks>
public sealed class SoftPrompt : Prompt
{
    // The name in the adapter's file and in the model's state.
    private const string TensorName = "prompt_embeddings";

    private readonly Parameter _vectors;

    /// <summary>Creates a prompt for a model.</summary>
    /// <param name="model">The base model, whose embedding determines the width, and the values for two of the initializations.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="tokens">The number of virtual tokens, at least 1.</param>
    /// <param name="init">The initialization.</param>
    /// <param name="text">The text for <see cref="PromptInit.Text"/>.</param>
    /// <param name="tokenizer">The directory of the tokenizer for the text. The default is the base model's directory.</param>
    /// <exception cref="PeftException">PEFT202: there are fewer than one token, or the text is missing or empty.</exception>
    public SoftPrompt(
        PretrainedModel model, string adapter, int tokens, PromptInit init = PromptInit.Random, string? text = null, string? tokenizer = null)
        : base(nameof(SoftPrompt), adapter, tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        PromptTuningFacts.Method.Require(model.GetType().Name, ("tokens", tokens));
        _vectors = PromptStart.Draw(model, tokens * model.PromptStacks, init, text, tokenizer, PromptTuningFacts.Method.Name);
        register_parameter(TensorName, _vectors);
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => [new AdapterTensor(TensorName, _vectors)];

    internal override Tensor Vectors(int? task) => _vectors.narrow(0, 0, Tokens);
}
