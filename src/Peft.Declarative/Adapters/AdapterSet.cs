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
        Adopt(adapter, adapter.HasAllParts ? [] : AdapterParts.Of(Model, adapter.Name).Where(found => !adapter.Has(found.Part)));
    }

    /// <summary>Puts an adapter that is known by its config on the model and takes it in.</summary>
    /// <exception cref="PeftException">A target, pattern or size does not fit the model; every problem is listed and nothing is changed.</exception>
    internal void Attach(Adapter adapter)
    {
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
            Activate([.. Active.Where(other => other == adapter || !Claims(other).Intersect(Claims(adapter)).Any()).Select(other => other.Name)]);
        }

        HashSet<string> blended = [.. Active.SelectMany(whole => whole.Config.Members)];
        foreach (Adapter member in _adapters.Where(member => blended.Contains(member.Name)))
        {
            member.Switch(active: false);
        }
    }

    /// <summary>Makes these adapters the active ones, in this order, and puts all others to rest.</summary>
    /// <param name="names">Names of adapters on this model; none puts all to rest.</param>
    /// <exception cref="PeftException">PEFT703: a name is not on this model. PEFT305: two of them train the same of the base.</exception>
    public void Activate(params string[] names)
    {
        HashSet<Adapter> chosen = [.. names.Select(name => this[name])];
        Compose(Composition.Stack);
        RefuseSharedClaims(chosen);
        foreach (Adapter adapter in _adapters.Where(adapter => !chosen.Contains(adapter)))
        {
            adapter.Switch(active: false);
        }

        // After the others are at rest, so that a place which only one can hold is free.
        foreach (Adapter adapter in chosen)
        {
            adapter.Switch(active: true);
        }
    }

    /// <summary>Puts all adapters to rest until the result is disposed: in between, the model is its base.</summary>
    public IDisposable Disabled()
    {
        string[] active = [.. Active.Select(adapter => adapter.Name)];
        Composition composition = _composition;
        Activate();
        return new Reactivation(this, active, composition);
    }

    /// <summary>Folds the active adapters into the base weights.</summary>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged, or sits on layers of 4 bits; nothing has been changed.</exception>
    public void Merge() => Merge(dequantize: false);

    /// <summary>Folds the active adapters into the base weights.</summary>
    /// <param name="dequantize">Whether layers of 4 bits get dense weights until <see cref="Unmerge"/>; if not, such layers are an error.</param>
    /// <exception cref="PeftException">PEFT306: an active adapter cannot be merged; nothing has been changed.</exception>
    public void Merge(bool dequantize) => AdapterMerge.Merge([.. Active], dequantize);

    /// <summary>Takes all merged adapters out; the base weights are what they were, bit for bit.</summary>
    public void Unmerge() => AdapterMerge.Unmerge(_adapters);

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
    public Adapter Load(string directory, string name = "default") => AdapterFile.Load(this, directory, name);

    /// <summary>Takes an adapter off the model and frees its tensors; the others stay.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="PeftException">PEFT703: there is none of that name. PEFT303: another adapter is made of it.</exception>
    public void Remove(string name)
    {
        if (_adapters.Find(other => other.Config.Members.Contains(name)) is { } whole)
        {
            throw new PeftException(RuleIds.Incompatible, $"The adapter '{name}' is a part of '{whole.Name}', which cannot be without it. Remove '{whole.Name}' first.");
        }

        AdapterRemoval.Remove(this, this[name]);
    }

    /// <inheritdoc/>
    public IEnumerator<Adapter> GetEnumerator() => _adapters.GetEnumerator();

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

    private sealed class Reactivation(AdapterSet set, string[] names, Composition composition) : IDisposable
    {
        public void Dispose()
        {
            set.Activate(names);
            set.Compose(composition);
        }
    }
}
