using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;

namespace Peft.Declarative;

/// <summary>One adapter on a model: its parts in all the places where it sits, under one name.</summary>
/// <param name="name">Name, unique on its model. It is not stored in the adapter's files.</param>
/// <param name="config">What it is; written as adapter_config.json.</param>
public sealed class Adapter(string name, AdapterConfig config)
{
    private readonly List<(string Path, IAdapterPart Part)> _parts = [];
    private AdapterConfig _config = config;
    private AdapterTensor[]? _tensors;

    /// <summary>Name, unique on its model.</summary>
    public string Name { get; } = name;

    /// <summary>What it is: as declared, or as the file says that its tensors were read from.</summary>
    public AdapterConfig Config
    {
        get => _config;
        internal set
        {
            _config = value;
            _tensors = null;   // files of another library have other names
        }
    }

    /// <summary>Its trained tensors, named as in its file.</summary>
    public IReadOnlyList<AdapterTensor> Tensors =>
        _tensors ??= [.. _parts.SelectMany(entry => TensorsOf(entry.Part, entry.Path)).DistinctBy(tensor => tensor.Key)];

    /// <summary>Number of trained values.</summary>
    /// <exception cref="PeftException">PEFT708: the model was disposed.</exception>
    public long ParameterCount => Owner?.Use is { IsDisposed: true } gone ? throw gone.DisposedError() : Tensors.Sum(tensor => tensor.Value.numel());

    /// <summary>Whether it takes part in the forward pass.</summary>
    public bool IsActive => _parts.Count > 0 && _parts[0].Part.Active;

    /// <summary>Whether it is folded into the base weights now.</summary>
    public bool IsMerged => _parts.Any(entry => entry.Part is IMergeable { Merged: true });

    /// <summary>On which base, tokenizer and chat template the files that it was read from were saved; null if they do not say, or there are none.</summary>
    public Provenance? Provenance { get; internal set; }

    /// <summary>The form of the rows that it was last trained on, here or before it was saved; null if that is not known.</summary>
    public DataForm? DataForm { get; internal set; }

    /// <summary>
    /// What was noticed when it was loaded and is no error, one paragraph each: that its files were saved on another base, tokenizer or chat template
    /// than this model's. The same goes to <see cref="System.Diagnostics.Trace"/>. Empty if there is nothing to tell.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; internal set; } = [];

    internal AdapterSet? Owner { get; set; }

    internal IReadOnlyList<(string Path, IAdapterPart Part)> Parts => _parts;

    internal bool Has(IAdapterPart part) => _parts.Exists(entry => ReferenceEquals(entry.Part, part));

    /// <summary>Its name in the keys of AdapterHub's files; null if its files are Hugging Face PEFT's, which have none.</summary>
    internal string? AdapterHubName => Config.IsAdapterHub ? Config.Hub?.Name ?? Name : null;

    /// <summary>Tensors that AdapterHub's file has once more, under the names of modules that share them.</summary>
    /// <param name="name">The adapter's name in the file.</param>
    internal IEnumerable<AdapterTensor> AdapterHubCopies(string name) =>
        _parts.SelectMany(entry => (entry.Part as IAdapterHubPart)?.AdapterHubCopiesAt(entry.Path, name) ?? []);

    /// <summary>Makes this the only active adapter of its model, and the one that is trained.</summary>
    public void Activate() => Attached().Activate(Name);

    /// <summary>Writes this adapter as a directory: of AdapterHub if it was read from one or has no other form, else of Hugging Face PEFT.</summary>
    /// <param name="directory">Made if missing; earlier files of the same names are replaced, whole or not at all.</param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written.</exception>
    public void Save(string directory)
    {
        // Some files contain parts of the base, which must not include a merged adapter.
        AdapterSet set = Attached();
        using ModelUse.Use use = set.HasMerged ? set.Use.Change("save an adapter") : set.Use.Compute();
        using IDisposable? unmerged = set.HasMerged ? set.Unmerged() : null;
        AdapterFile.Save(this, set.Model, directory);
    }

    /// <summary>Whether every part was added as it was made, so that none has to be found on the model.</summary>
    internal bool HasAllParts { get; set; }

    internal void Add(string path, IAdapterPart part)
    {
        _parts.Add((path, part));
        ForgetTensors();
    }

    /// <summary>Forgets parts that have been taken off a model again.</summary>
    internal void Clear()
    {
        _parts.Clear();
        ForgetTensors();
    }

    /// <summary>Asks the parts for their tensors again, after they have changed them.</summary>
    internal void ForgetTensors() => _tensors = null;

    /// <summary>The tensors of its files that networks may make.</summary>
    internal IEnumerable<ReparameterizedTensor> Learned => _parts.Select(entry => entry.Part).OfType<IReparameterized>().Select(part => part.Learned);

    /// <summary>Chooses between training networks that make tensors of the file, and training those tensors themselves.</summary>
    internal void TrainNetworks(bool trained)
    {
        foreach (ReparameterizedTensor tensor in Learned)
        {
            tensor.IsMade = trained;
        }

        ForgetTensors();
    }

    /// <summary>Switches all parts; tensors of a resting adapter are not trained.</summary>
    internal void Switch(bool active)
    {
        foreach ((_, IAdapterPart part) in _parts)
        {
            part.Active = active;
        }

        foreach (AdapterTensor tensor in Tensors)
        {
            tensor.Value.requires_grad = active;
        }
    }

    private IEnumerable<AdapterTensor> TensorsOf(IAdapterPart part, string path) =>
        AdapterHubName is { } name && part is IAdapterHubPart known ? known.AdapterHubTensorsAt(path, name) : part.TensorsAt(path);

    private AdapterSet Attached() => Owner ?? throw new PeftException(RuleIds.NoSuchAdapter,
        $"The adapter '{Name}' is not on a model yet. Build the model with FromPretrained or FromConfig, or call AttachAdapters.");
}
