using System.Collections;
using System.Collections.Concurrent;
using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The adapters of one model. A model can have any number of them. The active ones, in the order of activation, take part in the forward pass.
/// </summary>
/// <param name="model">The base model.</param>
public sealed partial class AdapterSet(nn.Module model) : IReadOnlyList<Adapter>
{
    private readonly ConcurrentDictionary<string, Adapter> _byName = new(StringComparer.Ordinal);
    private int _adopted;
    private volatile List<Adapter> _adapters = [];   // replaced and not changed, because other threads may read it meanwhile

    /// <summary>The model.</summary>
    public nn.Module Model { get; } = model;

    /// <inheritdoc/>
    public int Count => _adapters.Count;

    /// <inheritdoc/>
    public Adapter this[int index] => _adapters[index];

    /// <summary>Gets an adapter by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of that name. The message lists those it has.</exception>
    public Adapter this[string name] => _byName.GetValueOrDefault(name) ?? throw NotFound(name);

    /// <summary>The active adapters.</summary>
    public IEnumerable<Adapter> Active => _active is { Length: > 1 } several ? several.OrderBy(adapter => adapter.Number) : _active;

    /// <summary>The tensors of the active adapters, which an optimizer trains.</summary>
    public IEnumerable<AdapterTensor> Trainable => Active.SelectMany(adapter => adapter.Tensors);

    /// <summary>The trained tensors with names that are unique on this model. The keys in the files are unique per adapter only.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters =>
    [
        .. from adapter in Active
           from tensor in adapter.Tensors
           where tensor.Value.numel() > 0   // a layer whose ranks are all pruned has tensors without values
           select ($"{adapter.Name}.{tensor.Key}", tensor.Value),
    ];

    /// <summary>A trained tensor, which autograd needs for gradient checkpointing; <see langword="null"/> if nothing is trained.</summary>
    internal Tensor? Anchor
    {
        get
        {
            foreach (Adapter adapter in _active)
            {
                foreach (AdapterTensor tensor in adapter.Tensors)
                {
                    if (tensor.Value.requires_grad)
                    {
                        return tensor.Value;
                    }
                }
            }

            return null;
        }
    }

    /// <summary>Adds an adapter whose layers are already in the model.</summary>
    /// <param name="adapter">The handle. Its parts are found by its name, unless <see cref="AdapterWiring"/> has added them.</param>
    /// <param name="active">Whether it becomes active beside those that are. The default is <see langword="true"/>.</param>
    /// <exception cref="PeftException">PEFT304: the name is in use. PEFT103: the model has no part with that name.</exception>
    public void Adopt(Adapter adapter, bool active = true)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        using ModelUse.Use change = Use.Change("take an adapter in");
        Adopt(adapter, adapter.HasAllParts ? [] : AdapterParts.Of(Model, adapter.Name).Where(found => !adapter.Has(found.Part)));
        if (!active)
        {
            adapter.Switch(active: false);
        }
    }

    /// <summary>Creates the parts of an adapter from its config, puts them on the model and adds the adapter.</summary>
    /// <exception cref="PeftException">
    /// A target, pattern or size does not fit the model. The message lists every problem, and nothing is changed.
    /// </exception>
    internal void Attach(Adapter adapter)
    {
        using ModelUse.Use change = Use.Change("attach an adapter");
        RefuseWhileMerged("attach an adapter");
        AdapterWiring.Attach(Model, adapter);
        Adopt(adapter, []);
    }

    private void Adopt(Adapter adapter, IEnumerable<(string Path, IAdapterPart Part)> parts)
    {
        if (Has(adapter.Name))
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

        adapter.Number = ++_adopted;
        adapter.Owner = this;
        _adapters = [.. _adapters, adapter];
        _byName[adapter.Name] = adapter;
        Follow(adapter, adapter.IsActive);
        adapter.BeInPlace(Routing);
        ModeIsSettled &= adapter.Parts.All(entry => entry.Part is AdapterLayer { training: false });
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

    /// <summary>Removes an adapter from the model and frees its tensors.</summary>
    /// <param name="name">The name of the adapter.</param>
    /// <exception cref="PeftException">PEFT703: the model has no adapter of that name. PEFT303: another adapter combines it.</exception>
    public void Remove(string name)
    {
        using ModelUse.Use change = Use.Change("remove an adapter");
        if (_adapters.Find(other => other.Config.Members.Contains(name)) is { } whole)
        {
            throw new PeftException(RuleIds.Incompatible, $"The adapter '{name}' is a part of '{whole.Name}', which cannot exist without it. Remove '{whole.Name}' first.");
        }

        AdapterRemoval.Remove(this, this[name]);
    }

    /// <inheritdoc/>
    public IEnumerator<Adapter> GetEnumerator() => _adapters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Gets the adapter that is meant by a call without a name.</summary>
    internal Adapter Single()
    {
        Adapter[] meant = _adapters.Count == 1 ? [_adapters[0]] : [.. Active];
        return meant.Length == 1 ? meant[0] : throw new PeftException(RuleIds.AdapterAmbiguous,
            $"'{Model.GetType().Name}' has {_adapters.Count} adapters, {meant.Length} of them active, so it is not clear which one is meant. "
            + "Name it: Adapters[\"name\"].");
    }

    internal void Forget(Adapter adapter)
    {
        _adapters = [.. _adapters.Where(other => other != adapter)];
        _byName.TryRemove(adapter.Name, out _);
        _merged.Remove(adapter);
        Follow(adapter, active: false);
        _before = [];
        adapter.HasAllParts = false;
        adapter.Owner = null;
    }

    /// <summary>Stores the form of the rows on which the active adapters are trained.</summary>
    internal void SetDataForm(DataForm? form)
    {
        foreach (Adapter adapter in Active)
        {
            adapter.DataForm = form;
        }
    }

    internal bool Has(string name) => _byName.ContainsKey(name);

    /// <summary>Gets the parameters of the base of which an adapter trains a copy. Only one active adapter can override each of them.</summary>
    private static IEnumerable<string> Claims(Adapter adapter) =>
        adapter.Parts.Select(entry => entry.Part).OfType<ParameterOverride>().Select(part => part.Claim).Distinct();

    private void RefuseSharedClaims(string[] names)
    {
        int claiming = 0;
        foreach (string name in names)
        {
            claiming += this[name].OverridesBase ? 1 : 0;
        }

        if (claiming > 1)
        {
            RefuseSharedClaims([.. names.Distinct().Select(name => this[name])]);
        }
    }

    private static void RefuseSharedClaims(IEnumerable<Adapter> chosen)
    {
        var shared = chosen.SelectMany(adapter => Claims(adapter).Select(claim => (claim, adapter.Name))).ToLookup(entry => entry.claim, entry => $"'{entry.Name}'");
        if (shared.FirstOrDefault(claim => claim.Count() > 1) is { } twice)
        {
            throw new PeftException(RuleIds.BiasesTwice,
                $"The adapters {string.Join(" and ", twice)} both train {twice.Key} of the base. A layer has only one, so they cannot be active together. "
                + "Activate one of them.");
        }
    }
}
