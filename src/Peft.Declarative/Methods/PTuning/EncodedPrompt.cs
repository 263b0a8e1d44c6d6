using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PTuning;

/// <summary>
/// Virtual tokens [tokens, hidden] before the embedded text, computed by a network that is trained instead. Liu et al. 2021, arXiv 2103.10385.
/// </summary>
/// <remarks>
/// In an encoder-decoder there are twice as many, the second half for the decoder: the reference library creates and saves them, and uses the
/// first half only.
/// </remarks>
public sealed class EncodedPrompt : Prompt, IReparameterized
{
    private readonly ReparameterizedTensor _vectors;

    /// <summary>Creates a prompt for a model.</summary>
    /// <param name="model">The base model, whose embedding determines the width.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="tokens">The number of virtual tokens, at least 1.</param>
    /// <param name="hidden">The hidden width of the network; 0 for the width of the virtual tokens.</param>
    /// <param name="encoder">The kind of network.</param>
    /// <param name="layers">The number of layers of the LSTM, at least 1.</param>
    /// <param name="dropout">The dropout probability between them, from 0 to below 1.</param>
    /// <exception cref="PeftException">PEFT202: numbers are out of range. The message lists all of them.</exception>
    public EncodedPrompt(
        PretrainedModel model, string adapter, int tokens, int hidden = 0, PromptEncoder encoder = PromptEncoder.Mlp, int layers = 2, double dropout = 0)
        : base(nameof(EncodedPrompt), adapter, tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        PTuningFacts.Method.Require(
            model.GetType().Name, ("tokens", tokens), ("Hidden", hidden == 0 ? null : hidden), ("Layers", layers), ("Dropout", dropout));
        long rows = (long)tokens * model.PromptStacks;
        long width = model.Config.HiddenSize;
        long inner = hidden > 0 ? hidden : width;
        _vectors = new ReparameterizedTensor(
            "prompt_embeddings",
            start: () => randn(rows, width, device: model.Device),
            network: () => encoder == PromptEncoder.Lstm
                ? new LstmPromptEncoder(rows, width, inner, layers, dropout, model.Device)
                : new MlpPromptEncoder(rows, width, inner, model.Device));
        register_module("vectors", _vectors);
    }

    ReparameterizedTensor IReparameterized.Tensor => _vectors;

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => _vectors.Trained;

    internal override Tensor Vectors(int? task) => _vectors.Value().narrow(0, 0, Tokens);
}
