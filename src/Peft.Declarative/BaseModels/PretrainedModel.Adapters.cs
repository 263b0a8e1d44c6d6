using Peft.Declarative.Slots;

namespace Peft.Declarative;

// Saving, loading and merging adapters.
public abstract partial class PretrainedModel : IBaseModel
{
    string IBaseModel.ModelType => Config.ModelType;

    int IBaseModel.HiddenSize => Config.HiddenSize;

    int IBaseModel.VocabularySize => Config.VocabularySize;

    int IBaseModel.OriginalVocabularySize => _originalVocabulary ?? Config.VocabularySize;

    int IBaseModel.HeadCount => Config.HeadCount;

    int IBaseModel.LayerCount => Config.LayerCount;

    /// <summary>Whether an adapter in use has gates, which take the mean over all tokens of a row in a pass, with its padding.</summary>
    internal bool AveragesRows => Adapters.Routing.Current is { } rows
        ? Adapters.Any(adapter => adapter.Config.AveragesRows && rows.Of(adapter.Name) is not null)
        : Array.Exists(Adapters.ActiveInOrder, static adapter => adapter.Config.AveragesRows);

    bool IBaseModel.HasAdapter(string name) => Adapters.Has(name);

    /// <summary>
    /// Writes the model's only adapter, or the active one if there are several. The format is that of Hugging Face PEFT, or that of AdapterHub for methods
    /// that only AdapterHub supports.
    /// </summary>
    /// <param name="directory">The directory. It is created if it does not exist. Existing files of the same names are replaced.</param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written. PEFT704: the choice of the adapter is ambiguous.</exception>
    public void SaveAdapter(string directory) => Adapters.Save(directory);

    /// <summary>Loads an adapter in the format of Hugging Face PEFT or AdapterHub, and makes it the active adapter.</summary>
    /// <param name="directory">A directory with adapter_config.json and adapter_model.safetensors (AdapterHub: adapter.safetensors).</param>
    /// <param name="name">
    /// The name of the adapter in this model. The default is <c>default</c>. If the model has an adapter of this name and the same shapes, the tensors are
    /// loaded into it.
    /// </param>
    /// <returns>The adapter.</returns>
    /// <exception cref="PeftException">The files are damaged or do not match the model. The message lists every problem.</exception>
    /// <example>
    /// <code>
    /// using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained("models/llama-3.2-1b");
    /// model.LoadAdapter("adapters/persona");
    /// model.Merge();                        // optional: faster inference
    /// </code>
    /// </example>
    public Adapter LoadAdapter(string directory, string name = "default") => Adapters.Load(directory, name);

    /// <inheritdoc cref="AdapterSet.BeginTurn"/>
    public ModelTurn BeginTurn(string? adapter = null, CancellationToken cancellation = default) => Adapters.BeginTurn(adapter, cancellation);

    /// <inheritdoc cref="AdapterSet.BeginTurnAsync"/>
    public Task<ModelTurn> BeginTurnAsync(string? adapter = null, CancellationToken cancellation = default) => Adapters.BeginTurnAsync(adapter, cancellation);

    /// <summary>Merges the active adapters into the base weights, so that they add no cost to inference.</summary>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged, or it adapts layers in 4 bits. The message explains why.</exception>
    public void Merge() => Adapters.Merge();

    /// <summary>Merges the active adapters into the base weights, including weights in 4 bits.</summary>
    /// <param name="dequantize">
    /// Whether to dequantize adapted layers that are in 4 bits, to the type that they had before quantization. <see cref="Unmerge"/> restores their codes.
    /// If <see langword="false"/>, such layers are an error.
    /// </param>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged. The message explains why.</exception>
    public void Merge(bool dequantize) => Adapters.Merge(dequantize);

    /// <summary>Reverses <see cref="Merge()"/>. The base weights are restored bit for bit.</summary>
    public void Unmerge() => Adapters.Unmerge();
}
