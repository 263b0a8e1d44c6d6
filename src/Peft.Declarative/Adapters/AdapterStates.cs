using Peft.Declarative.Slots.Sublayers;

namespace Peft.Declarative.Adapters;

/// <summary>A snapshot of the active adapters of a model, their composition and the merged ones. Disposing it restores them.</summary>
internal sealed class AdapterStates : IDisposable
{
    private readonly AdapterSet _set;
    private readonly Adapter[] _active;
    private readonly Composition _composition;
    private readonly Adapter[] _merged;
    private readonly bool _dequantizes;
    private bool _restored;

    internal AdapterStates(AdapterSet set, Composition composition, IEnumerable<Adapter> merged, bool dequantizes)
    {
        (_set, _composition, _dequantizes) = (set, composition, dequantizes);
        _active = set.ActiveInOrder;
        _merged = [.. merged];
    }

    /// <summary>Restores the states. Adapters that were removed in between are skipped. A second call does nothing.</summary>
    public void Dispose()
    {
        if (_restored || _set.Use.IsDisposed)
        {
            return;
        }

        using ModelUse.Use change = _set.Use.Change("restore its adapters");
        _restored = true;
        if (_set.HasMerged)
        {
            _set.Unmerge();
        }

        if (Present(_merged) is { Length: > 0 } merged)
        {
            _set.Switch(merged);
            _set.Merge(_dequantizes);
        }

        _set.Switch(Present(_active));
        _set.Compose(_composition);
    }

    private string[] Present(IEnumerable<Adapter> adapters) => [.. adapters.Where(adapter => adapter.Owner == _set).Select(adapter => adapter.Name)];
}
