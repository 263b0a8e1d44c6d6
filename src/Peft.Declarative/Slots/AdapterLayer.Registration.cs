using Peft.Declarative.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

// What TorchSharp knows of the part as a module: its parameters, what is below it and its mode. Each dictionary of a module takes 140 bytes and one with an
// entry 370, which is much for a tensor of a few KiB if hundreds of adapters have it. So the parameters are in an array, and the wrapped layer is a property.
public abstract partial class AdapterLayer
{
    private static readonly nn.Module Shared = new NativeModule();

    // Read by TorchSharp. A part that registers something gets its own.
    private static readonly OrderedDict<string, (Tensor, bool)> NoBuffers = [];
    private static readonly OrderedDict<string, nn.Module> NoModules = [];

    private (string Name, Parameter Value)[] _own = [];
    private bool _training;
    private bool _isDetached;

    /// <inheritdoc/>
    public override bool training => _training;

    /// <inheritdoc/>
    public override void train(bool train = true)
    {
        AdapterLayer[] parts = FromOutside();
        parts[^1].Innermost?.train(train);
        foreach (AdapterLayer part in parts)
        {
            part._training = train;
            foreach ((_, nn.Module child) in part._internal_submodules)
            {
                child.train(train);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string name, nn.Module module)> named_children() =>
        _isDetached ? [.. _internal_submodules] : [(BaseLayerName, Frozen), .. _internal_submodules];

    /// <inheritdoc/>
    public override IEnumerable<(string name, nn.Module module)> named_modules() =>
        Inwards(BasePrefix, part => part.named_children(), below => below.named_modules());

    /// <inheritdoc/>
    public override nn.Module apply(Action<nn.Module> fn)
    {
        ArgumentNullException.ThrowIfNull(fn);
        AdapterLayer[] parts = FromOutside();
        parts[^1].Innermost?.apply(fn);
        foreach (AdapterLayer part in parts.Reverse())
        {
            foreach ((_, nn.Module child) in part._internal_submodules)
            {
                child.apply(fn);
            }

            fn(part);
        }

        return this;
    }

    /// <inheritdoc/>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
    {
        HashSet<IntPtr> seen = [];
        foreach ((string name, Parameter value) in recurse ? Inwards("", part => part._own, below => below.named_parameters()) : _own)
        {
            if (!value.IsInvalid && seen.Add(value.Handle))
            {
                yield return (name, value);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true) => recurse
        ? Inwards(BasePrefix, part => part.OwnBuffers(include_nonpersistent), below => below.named_buffers(recurse, include_nonpersistent))
            .Where(entry => !entry.Value.IsInvalid).DistinctBy(entry => entry.Value.Handle)
        : OwnBuffers(include_nonpersistent);

    /// <inheritdoc/>
    public override bool has_parameter(string target) => get_parameter(target) is not null;

    /// <inheritdoc/>
    public override Parameter? get_parameter(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        int found = Array.FindIndex(_own, entry => entry.Name == target);
        return found >= 0
            ? _own[found].Value
            : named_children().Where(child => target.StartsWith($"{child.name}.", StringComparison.Ordinal))
                .Select(child => child.module.get_parameter(target[(child.name.Length + 1)..]))
                .FirstOrDefault(value => value is not null);
    }

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination ??= [];
        foreach ((string name, Parameter value) in named_parameters())
        {
            destination.TryAdd(string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}", value);
        }

        return destination;
    }

    /// <inheritdoc/>
    public override void register_parameter(string name, Parameter param)
    {
        ArgumentNullException.ThrowIfNull(param);
        if (Array.Exists(_own, entry => entry.Name == name))
        {
            throw new InvalidOperationException($"Parameter {name} is already registered.");
        }

        _own = [.. _own, (name, param)];
    }

    /// <inheritdoc/>
    public override void register_buffer(string name, Tensor tensor, bool persistent = true)
    {
        _internal_buffers = ReferenceEquals(_internal_buffers, NoBuffers) ? [] : _internal_buffers;
        base.register_buffer(name, tensor, persistent);
    }

    /// <inheritdoc/>
    public override void register_module(string name, nn.Module submodule)
    {
        _internal_submodules = ReferenceEquals(_internal_submodules, NoModules) ? [] : _internal_submodules;
        base.register_module(name, submodule);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // TorchSharp disposes what is below a module once for each module above it, so each part is disposed by itself.
            AdapterLayer[] parts = FromOutside();
            nn.Module? innermost = parts[^1].Innermost;
            Array.ForEach(parts, part => part._isDetached = true);
            innermost?.Dispose();
            Array.ForEach(parts[1..], part => part.Dispose());
            ReturnHandle(Shared);
        }

        base.Dispose(disposing);
    }

    /// <summary>Replaces the wrapped layer, after the adapter that wrapped it was removed from the model.</summary>
    internal void ReplaceBase(nn.Module<Tensor, Tensor> inner) => Frozen = inner;

    /// <summary>Leaves the wrapped layer, so that disposing this part does not dispose it.</summary>
    internal void Detach()
    {
        _stack.Remove(this);
        _isDetached = true;
    }

    /// <summary>Registers a parameter of this part and replaces a previous one of the same name. It is trained while the adapter is active.</summary>
    private protected Parameter Own(string name, Parameter value)
    {
        _own = [.. _own.Where(entry => entry.Name != name)];
        register_parameter(name, value);
        return value;
    }

    /// <summary>Registers parameters that a component of this part has created.</summary>
    private protected void Own(IEnumerable<(string Name, Parameter Value)> parameters)
    {
        foreach ((string name, Parameter value) in parameters)
        {
            Own(name, value);
        }
    }

    // The layer of the base model, if this part is the innermost one around it and still is.
    private nn.Module? Innermost => _isDetached || Frozen is AdapterLayer ? null : Frozen;

    // Hundreds of parts can be around one layer, so they are walked in a loop. By recursion, each name would be put together once for each part outside it.
    private AdapterLayer[] FromOutside()
    {
        List<AdapterLayer> parts = [];
        for (AdapterLayer? part = this; part is not null; part = part._isDetached ? null : part.Frozen as AdapterLayer)
        {
            parts.Add(part);
        }

        return [.. parts];
    }

    private IEnumerable<(string Name, T Value)> Inwards<T>(
        string step, Func<AdapterLayer, IEnumerable<(string Name, T Value)>> own, Func<nn.Module, IEnumerable<(string Name, T Value)>> below)
    {
        AdapterLayer[] parts = FromOutside();
        List<string> prefixes = [""];
        foreach (AdapterLayer part in parts)
        {
            string prefix = prefixes[^1];
            foreach ((string name, T value) in own(part))
            {
                yield return (prefix + name, value);
            }

            prefixes.Add(prefix + step);
        }

        foreach ((string name, T value) in parts[^1].Innermost is { } innermost ? below(innermost) : [])
        {
            yield return (prefixes[^1] + name, value);
        }

        for (int i = parts.Length - 1; i >= 0; i--)
        {
            foreach ((string child, nn.Module module) in parts[i]._internal_submodules)
            {
                foreach ((string name, T value) in below(module))
                {
                    yield return ($"{prefixes[i]}{child}.{name}", value);
                }
            }
        }
    }

    // Those of the module itself; TorchSharp looks for what is below it among the modules that are registered.
    private IEnumerable<(string Name, Tensor Value)> OwnBuffers(bool nonpersistent) => base.named_buffers(recurse: false, nonpersistent);

    // TorchSharp gives each module a native one, of which nothing is used here but that it exists: parameters and the training mode are on this side.
    private sealed class NativeModule() : ExplicitModule(nameof(AdapterLayer));
}
