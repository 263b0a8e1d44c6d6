using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>Virtual tokens [tokens, hidden] that are prepended to the embedded text. Lester et al. 2021, arXiv 2104.08691.</summary>
/// <remarks>
/// In an encoder-decoder there are twice as many, the second half for the decoder: the reference library makes and saves them, and reads the
/// first half only.
/// </remarks>
public sealed class SoftPrompt : Prompt
{
    // In the adapter's file and in the model's state.
    private const string TensorName = "prompt_embeddings";

    private readonly Parameter _vectors;

    /// <summary>Makes a prompt for a model.</summary>
    /// <param name="model">The base model; its embedding gives the width, and the start for two of the initialisations.</param>
    /// <param name="adapter">Name of the adapter this prompt is.</param>
    /// <param name="tokens">Number of vectors, at least 1.</param>
    /// <param name="init">How they start.</param>
    /// <param name="text">The text for <see cref="PromptInit.Text"/>.</param>
    /// <param name="tokenizer">Directory with the tokenizer for the text; the base model's directory unless set.</param>
    /// <exception cref="PeftException">PEFT202: fewer than one token, or no text to start from.</exception>
    public SoftPrompt(
        PretrainedModel model, string adapter, int tokens, PromptInit init = PromptInit.Random, string? text = null, string? tokenizer = null)
        : base(nameof(SoftPrompt), adapter, tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        PromptTuningFacts.Method.Require(model.GetType().Name, ("tokens", tokens));
        _vectors = PromptStart.Draw(model, tokens * model.PromptStacks, init, text, tokenizer);
        register_parameter(TensorName, _vectors);
    }

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => [new AdapterTensor(TensorName, _vectors)];

    internal override Tensor Vectors() => _vectors.narrow(0, 0, Tokens);
}
