using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;

namespace Peft.Declarative;

/// <summary>One adapter on a model: all its parts, under one name.</summary>
/// <param name="name">The name, unique on the model. It is not stored in the adapter's files.</param>
/// <param name="config">The config, which is written as adapter_config.json.</param>
public sealed class Adapter(string name, AdapterConfig config)
{
    private readonly List<(string Path, IAdapterPart Part)> _parts = [];
    private AdapterConfig _config = config;
    private AdapterTensor[]? _tensors;
    private Adapter[]? _alone;
    private string[]? _ownName;

    /// <summary>The name, unique on the model.</summary>
    public string Name { get; } = name;

    /// <summary>The config: as declared, or as read from the adapter's files.</summary>
    public AdapterConfig Config
    {
        get => _config;
        internal set
        {
            _config = value;
            _tensors = null;   // files of another library have other names
        }
    }

    /// <summary>The trained tensors, named as in the adapter's file.</summary>
    public IReadOnlyList<AdapterTensor> Tensors => OwnTensors;

    private AdapterTensor[] OwnTensors =>
        _tensors ??= [.. _parts.SelectMany(entry => TensorsOf(entry.Part, entry.Path)).DistinctBy(tensor => tensor.Key).Select(tensor => tensor with { Key = string.Intern(tensor.Key) })];

    /// <summary>The number of trained values.</summary>
    /// <exception cref="PeftException">PEFT708: the model was disposed.</exception>
    public long ParameterCount => Owner?.Use is { IsDisposed: true } gone ? throw gone.DisposedError() : Tensors.Sum(tensor => tensor.Value.numel());

    /// <summary>Whether the adapter takes part in the forward pass.</summary>
    public bool IsActive => _parts.Count > 0 && _parts[0].Part.Active;

    /// <summary>Whether the adapter is merged into the base weights.</summary>
    public bool IsMerged => _parts.Exists(static entry => entry.Part is IMergeable { Merged: true });

    /// <summary>
    /// The base, tokenizer and chat template with which the adapter was saved; <see langword="null"/> if its files do not say, or if it was not
    /// loaded.
    /// </summary>
    public Provenance? Provenance { get; internal set; }

    /// <summary>
    /// The form of the rows on which the adapter was last trained, in this process or before it was saved; <see langword="null"/> if unknown.
    /// </summary>
    public DataForm? DataForm { get; internal set; }

    /// <summary>
    /// The warnings from loading the adapter, such as that it was saved with another base, tokenizer or chat template than this model has. They are
    /// also written to <see cref="System.Diagnostics.Trace"/>. The default is an empty list.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; internal set; } = [];

    /// <summary>The list of this adapter only, made once, so that switching between adapters allocates nothing.</summary>
    internal Adapter[] Alone => _alone ??= [this];

    /// <summary>Its place in the order in which adapters have come to the model.</summary>
    internal int Number { get; set; }

    internal AdapterSet? Owner
    {
        get;
        set
        {
            field = value;
            Moves++;
        }
    }

    /// <summary>Counts how often it has come to a model or left one. Meanwhile its tensors may change.</summary>
    internal int Moves { get; private set; }

    internal IReadOnlyList<(string Path, IAdapterPart Part)> Parts => _parts;

    internal bool Has(IAdapterPart part) => _parts.Exists(entry => ReferenceEquals(entry.Part, part));

    /// <summary>
    /// The name in the keys of AdapterHub's files; <see langword="null"/> if the files are Hugging Face PEFT's, whose keys contain no name.
    /// </summary>
    internal string? AdapterHubName => Config.IsAdapterHub ? Config.Hub?.Name ?? Name : null;

    /// <summary>Gets the tensors that AdapterHub's file contains a second time, under the names of modules that share them.</summary>
    /// <param name="name">The name of the adapter in the file.</param>
    internal IEnumerable<AdapterTensor> AdapterHubCopies(string name) =>
        _parts.SelectMany(entry => (entry.Part as IAdapterHubPart)?.AdapterHubCopiesAt(entry.Path, name) ?? []);

    /// <summary>Makes this adapter the only active one of its model.</summary>
    /// <exception cref="PeftException">PEFT306: another adapter is merged into the base. PEFT707: the model is in use.</exception>
    public void Activate() => Attached().Activate(_ownName ??= [Name]);

    /// <summary>
    /// Saves the adapter to a directory: in AdapterHub's format if it was read from one or its method has no other format, otherwise in Hugging Face
    /// PEFT's.
    /// </summary>
    /// <param name="directory">
    /// The directory. It is created if it does not exist. Existing files of the same names are replaced, all of them or none.
    /// </param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written.</exception>
    /// <example>
    /// <code>
    /// model.Adapters["captain"].Save("adapters/captain");
    /// </code>
    /// </example>
    public void Save(string directory)
    {
        // Some files contain parts of the base, which must not include a merged adapter.
        AdapterSet set = Attached();
        using ModelUse.Use use = set.HasMerged ? set.Use.Change("save an adapter") : set.Use.Compute();
        using IDisposable? unmerged = set.HasMerged ? set.Unmerged() : null;
        AdapterFile.Save(this, set.Model, directory);
    }

    /// <summary>Whether every part was added when it was created, so that none has to be found on the model.</summary>
    internal bool HasAllParts { get; set; }

    /// <summary>Whether it shows parameters of its own in place of the base's, which all rows of a batch share.</summary>
    internal bool OverridesBase { get; private set; }

    /// <summary>Takes part in the forward passes of its model.</summary>
    /// <param name="routing">The routing of the model's rows.</param>
    internal void BeInPlace(RoutingState routing)
    {
        OverridesBase = _parts.Exists(entry => entry.Part is ParameterOverride);
        foreach ((_, IAdapterPart part) in _parts)
        {
            (part as AdapterLayer)?.BeInPlace(routing);
            if (part is SublayerPart sublayer)
            {
                sublayer.SublayerSlot.Routing = routing;
            }
        }
    }

    internal void Add(string path, IAdapterPart part)
    {
        _parts.Add((string.Intern(path), part));   // adapters by the hundred have the same names of layers and tensors
        ForgetTensors();
    }

    /// <summary>Clears the list of parts, after they have been removed from the model.</summary>
    internal void Clear()
    {
        _parts.Clear();
        ForgetTensors();
    }

    /// <summary>Clears the cached tensors, after the parts have changed them.</summary>
    internal void ForgetTensors() => _tensors = null;

    /// <summary>Moves the tensors of its layers into memory that adapters share.</summary>
    internal void Store()
    {
        foreach ((_, IAdapterPart part) in _parts)
        {
            (part as AdapterLayer)?.Store();
        }
    }

    /// <summary>The tensors in the adapter's file that a network can compute during training.</summary>
    internal IEnumerable<ReparameterizedTensor> Reparameterized => _parts.Select(entry => entry.Part).OfType<IReparameterized>().Select(part => part.Tensor);

    /// <summary>Selects whether the networks that compute tensors are trained, or the tensors themselves.</summary>
    internal void TrainNetworks(bool trained)
    {
        foreach (ReparameterizedTensor tensor in Reparameterized)
        {
            tensor.IsMade = trained;
        }

        ForgetTensors();
    }

    /// <summary>Activates or deactivates all parts. The tensors of an inactive adapter are not trained.</summary>
    internal void Switch(bool active)
    {
        foreach ((_, IAdapterPart part) in _parts)
        {
            part.Active = active;
        }

        foreach (AdapterTensor tensor in OwnTensors)   // the array, whose enumeration allocates nothing
        {
            tensor.Value.requires_grad = active;
        }

        Owner?.Follow(this, active);
    }

    private IEnumerable<AdapterTensor> TensorsOf(IAdapterPart part, string path) =>
        AdapterHubName is { } name && part is IAdapterHubPart known ? known.AdapterHubTensorsAt(path, name) : part.TensorsAt(path);

    private AdapterSet Attached() => Owner ?? throw new PeftException(RuleIds.NoSuchAdapter,
        $"The adapter '{Name}' is not on a model yet. Build the model with FromPretrained or FromConfig, or call AttachAdapters.");
}
