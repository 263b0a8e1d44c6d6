using Peft.Declarative.Slots;

namespace Peft.Declarative;

// What a user does with adapters on a model, in one word each.
public abstract partial class PretrainedModel : IBaseModel
{
    string IBaseModel.ModelType => Config.ModelType;

    int IBaseModel.HiddenSize => Config.HiddenSize;

    int IBaseModel.HeadCount => Config.HeadCount;

    int IBaseModel.LayerCount => Config.LayerCount;

    bool IBaseModel.HasAdapter(string name) => Adapters.Has(name);

    /// <summary>Writes the model's only adapter, or the active one, as a directory of Hugging Face PEFT, or of AdapterHub for what only that has.</summary>
    /// <param name="directory">Made if missing; earlier files of the same names are replaced, whole or not at all.</param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written. PEFT704: it is not clear which adapter is meant.</exception>
    public void SaveAdapter(string directory) => Adapters.Save(directory);

    /// <summary>Reads an adapter from a directory of Hugging Face PEFT or of AdapterHub, puts it on this model and makes it the active one.</summary>
    /// <param name="directory">Directory with adapter_config.json and adapter_model.safetensors (AdapterHub: adapter.safetensors).</param>
    /// <param name="name">Its name here; <c>default</c> unless set. An adapter of the same name and shape takes the tensors over.</param>
    /// <exception cref="PeftException">The files are damaged, or belong to another model; every problem is listed.</exception>
    public Adapter LoadAdapter(string directory, string name = "default") => Adapters.Load(directory, name);

    /// <summary>Folds the active adapters into the base weights, so that they cost nothing at inference.</summary>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged, or sits on layers of 4 bits; says which and why.</exception>
    public void Merge() => Adapters.Merge();

    /// <summary>Folds the active adapters into the base weights, also where those are in 4 bits.</summary>
    /// <param name="dequantize">
    /// Whether layers of 4 bits get dense weights, in the type they had before quantisation, until <see cref="Unmerge"/> brings their codes back;
    /// if not, such layers are an error.
    /// </param>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged; says which and why.</exception>
    public void Merge(bool dequantize) => Adapters.Merge(dequantize);

    /// <summary>Takes merged adapters out again; the base weights are what they were, bit for bit.</summary>
    public void Unmerge() => Adapters.Unmerge();
}
