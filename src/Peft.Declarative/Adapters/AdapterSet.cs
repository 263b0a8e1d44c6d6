using System.Collections;
using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>The adapters on one model. Any number can be on it; the active ones, an ordered set, take part in the forward pass.</summary>
/// <param name="model">The base model.</param>
public sealed partial class AdapterSet(nn.Module model) : IReadOnlyList<Adapter>
{
    private readonly List<Adapter> _adapters = [];

    /// <summary>The model that the adapters are on.</summary>
    public nn.Module Model { get; } = model;

    /// <inheritdoc/>
    public int Count => _adapters.Count;

    /// <inheritdoc/>
    public Adapter this[int index] => _adapters[index];

    /// <summary>The adapter of a name.</summary>
    /// <exception cref="PeftException">PEFT703: there is none of that name; lists those there are.</exception>
    public Adapter this[string name] => _adapters.Find(adapter => adapter.Name == name) ?? throw NotFound(name);

    /// <summary>The active adapters.</summary>
    public IEnumerable<Adapter> Active => _adapters.Where(adapter => adapter.IsActive);

    /// <summary>What an optimiser trains: the tensors of the active adapters.</summary>
    public IEnumerable<AdapterTensor> Trainable => Active.SelectMany(adapter => adapter.Tensors);

    /// <summary>The same tensors under names that are unique on this model: adapters side by side may use the same keys, each in its own file.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters =>
    [
        .. from adapter in Active
           from tensor in adapter.Tensors
           where tensor.Value.numel() > 0   // a layer whose ranks are all pruned has tensors without values
           select ($"{adapter.Name}.{tensor.Key}", tensor.Value),
    ];

    /// <summary>Some tensor that is trained, for autograd to hold on to; null if none is.</summary>
    internal Tensor? Anchor => Active.FirstOrDefault()?.Tensors[0].Value;

    /// <summary>Takes an adapter in whose layers have been put into the model. It becomes active beside those that are.</summary>
    /// <param name="adapter">A handle; its parts are found by its name, unless <see cref="AdapterWiring"/> has just made them.</param>
    /// <exception cref="PeftException">PEFT304: the name is taken. PEFT103: the model has no part of that name.</exception>
    public void Adopt(Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        using ModelUse.Use change = Use.Change("take an adapter in");
        Adopt(adapter, adapter.HasAllParts ? [] : AdapterParts.Of(Model, adapter.Name).Where(found => !adapter.Has(found.Part)));
    }

    /// <summary>Puts an adapter that is known by its config on the model and takes it in.</summary>
    /// <exception cref="PeftException">A target, pattern or size does not fit the model; every problem is listed and nothing is changed.</exception>
    internal void Attach(Adapter adapter)
    {
        using ModelUse.Use change = Use.Change("attach an adapter");
        RefuseWhileMerged("attach an adapter");
        AdapterWiring.Attach(Model, adapter);
        Adopt(adapter, []);
    }

    private void Adopt(Adapter adapter, IEnumerable<(string Path, IAdapterPart Part)> parts)
    {
        if (_adapters.Exists(other => other.Name == adapter.Name))
        {
            throw new PeftException(RuleIds.DuplicateName,
                RuleTexts.DuplicateName(Model.GetType().Name, adapter.Name));
        }

        foreach ((string path, IAdapterPart part) in parts)
        {
            adapter.Add(path, part);
        }

        if (adapter.Tensors.Count == 0)
        {
            throw new PeftException(RuleIds.NothingAdapted,
                $"The adapter '{adapter.Name}' adapts no layer of '{Model.GetType().Name}'. Training would change no weight.");
        }

        adapter.Owner = this;
        _adapters.Add(adapter);
        if (Claims(adapter).Any())
        {
            Switch([.. Active.Where(other => other == adapter || !Claims(other).Intersect(Claims(adapter)).Any()).Select(other => other.Name)]);
        }

        HashSet<string> blended = [.. Active.SelectMany(whole => whole.Config.Members)];
        foreach (Adapter member in _adapters.Where(member => blended.Contains(member.Name)))
        {
            member.Switch(active: false);
        }
    }

    /// <summary>Writes the only adapter, or the active one, as a directory: of Hugging Face PEFT, or of AdapterHub for what only that has.</summary>
    /// <param name="directory">Made if missing; earlier files of the same names are replaced, whole or not at all.</param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written. PEFT704: it is not clear which adapter is meant.</exception>
    public void Save(string directory) => Single().Save(directory);

    /// <summary>Reads an adapter from a directory of Hugging Face PEFT or of AdapterHub and makes it the only active one.</summary>
    /// <param name="directory">
    /// Directory with adapter_config.json and adapter_model.safetensors (AdapterHub: adapter.safetensors), or with a fusion of adapters that are
    /// on the model.
    /// </param>
    /// <param name="name">Its name here. An adapter of the same name and shape takes the tensors over.</param>
    /// <exception cref="PeftException">
    /// The files are damaged or do not fit the model; every problem is listed. PEFT306: an adapter is merged. PEFT707: the model is in use.
    /// </exception>
    public Adapter Load(string directory, string name = "default")
    {
        if (name.Length == 0)
        {
            throw new PeftException(RuleIds.DuplicateName, RuleTexts.UnusableName(Model.GetType().Name, name, "is empty"));
        }

        using ModelUse.Use change = Use.Change("load an adapter");
        RefuseWhileMerged("load an adapter");
        return AdapterFile.Load(this, directory, name);
    }

    /// <summary>Takes an adapter off the model and frees its tensors; the others stay.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="PeftException">PEFT703: there is none of that name. PEFT303: another adapter is made of it.</exception>
    public void Remove(string name)
    {
        using ModelUse.Use change = Use.Change("remove an adapter");
        if (_adapters.Find(other => other.Config.Members.Contains(name)) is { } whole)
        {
            throw new PeftException(RuleIds.Incompatible, $"The adapter '{name}' is a part of '{whole.Name}', which cannot be without it. Remove '{whole.Name}' first.");
        }

        AdapterRemoval.Remove(this, this[name]);
    }

    /// <inheritdoc/>
    public IEnumerator<Adapter> GetEnumerator() => _adapters.ToList().GetEnumerator();   // adapters may come and go meanwhile

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The one adapter that a call without a name means.</summary>
    internal Adapter Single()
    {
        Adapter[] meant = _adapters.Count == 1 ? [_adapters[0]] : [.. Active];
        return meant.Length == 1 ? meant[0] : throw new PeftException(RuleIds.AdapterAmbiguous,
            $"'{Model.GetType().Name}' has {_adapters.Count} adapters, {meant.Length} of them active, so it is not clear which one is meant. "
            + "Name it: Adapters[\"name\"].");
    }

    internal void Forget(Adapter adapter)
    {
        _adapters.Remove(adapter);
        _merged.Remove(adapter);
        adapter.HasAllParts = false;
        adapter.Owner = null;
    }

    /// <summary>Remembers the form of the rows that the active adapters learn from.</summary>
    internal void NoteForm(DataForm? form)
    {
        foreach (Adapter adapter in Active)
        {
            adapter.DataForm = form;
        }
    }

    internal bool Has(string name) => _adapters.Exists(adapter => adapter.Name == name);

    /// <summary>What of the base an adapter trains a copy of, which can stand in for the base's own in one adapter only.</summary>
    private static IEnumerable<string> Claims(Adapter adapter) =>
        adapter.Parts.Select(entry => entry.Part).OfType<ParameterOverride>().Select(part => part.Claim).Distinct();

    private static void RefuseSharedClaims(IReadOnlyCollection<Adapter> chosen)
    {
        var shared = chosen.SelectMany(adapter => Claims(adapter).Select(claim => (claim, adapter.Name))).ToLookup(entry => entry.claim, entry => $"'{entry.Name}'");
        if (shared.FirstOrDefault(claim => claim.Count() > 1) is { } twice)
        {
            throw new PeftException(RuleIds.BiasesTwice,
                $"The adapters {string.Join(" and ", twice)} both train {twice.Key} of the base, of which a layer has one set, and cannot be active together. "
                + "Activate one of them.");
        }
    }

    private PeftException NotFound(string name) => new(RuleIds.NoSuchAdapter,
        $"'{Model.GetType().Name}' has no adapter named '{name}'. "
        + (_adapters.Count == 0 ? "It has none." : $"It has {string.Join(", ", _adapters.Select(adapter => $"'{adapter.Name}'"))}."));
}
