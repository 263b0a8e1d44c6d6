using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>A row whose prompt is read, piece by piece, into a cache of its own.</summary>
internal sealed class PromptReading : IDisposable
{
    private readonly CausalLanguageModel _model;
    private readonly RowRouting? _routing;
    private int _read;

    /// <param name="model">The model.</param>
    /// <param name="row">The row.</param>
    /// <param name="isMixed">Whether the row names its adapter, and not the model the active one.</param>
    internal PromptReading(CausalLanguageModel model, BatchRow row, bool isMixed)
    {
        (_model, Row) = (model, row);
        _routing = isMixed ? new RowRouting([row.Adapter], model.Device) : null;
        Cache = new KeyValueCache(model.Config.LayerCount);
    }

    internal BatchRow Row { get; }

    /// <summary>The keys and values of what has been read.</summary>
    internal KeyValueCache Cache { get; }

    /// <summary>The number of tokens that have not been read.</summary>
    internal int Left => Row.PromptLength - _read;

    /// <summary>The number of tokens of the next piece: at most a number, unless the adapter takes the mean over a row and needs all of it.</summary>
    internal int Piece(int most) => Row.Owner?.Config.AveragesRows == true ? Left : Math.Min(Left, most);

    /// <summary>Reads a piece.</summary>
    /// <returns>The logits of the first new token [1, vocabulary]; <see langword="null"/> if the prompt goes on.</returns>
    internal Tensor? Read(int tokens)
    {
        using RoutingPass pass = _model.Adapters.Routing.Enter(_routing);
        Tensor ids = tensor([.. Row.Ids.Skip(_read).Take(tokens).Select(id => (long)id)], [1, tokens], device: _model.Device);
        Tensor hidden = _model.HiddenStates(new ModelInput(ids) { Cache = Cache });
        _read += tokens;
        if (Left > 0)
        {
            return null;
        }

        Row.Keys = Cache.Length;
        Row.FreeKeys = Cache.Before.Prefix.KeysWithoutPosition;
        return _model.LogitsOf(hidden.narrow(1, hidden.size(1) - 1, 1)).squeeze(1).to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cache.Dispose();
        _routing?.Dispose();
    }
}
