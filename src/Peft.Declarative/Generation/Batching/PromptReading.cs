using Peft.Declarative.BaseModels;
using Peft.Declarative.Machine;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>A row whose prompt is read, piece by piece, into a cache of its own.</summary>
internal sealed class PromptReading : IDisposable
{
    /// <summary>Fewer tokens are sooner read again than waited for.</summary>
    private const int LeastShared = 16;

    private readonly CausalLanguageModel _model;
    private readonly RowRouting? _routing;
    private readonly (int Version, int? Moves) _began;

    /// <param name="model">The model.</param>
    /// <param name="row">The row.</param>
    /// <param name="isMixed">Whether the row names its adapter, and not the model the active one.</param>
    internal PromptReading(CausalLanguageModel model, BatchRow row, bool isMixed)
    {
        (_model, Row) = (model, row);
        _routing = isMixed ? new RowRouting([row.Adapter], model.Device) : null;
        Cache = new KeyValueCache(model.Config.LayerCount);
        _began = Weights;
    }

    internal BatchRow Row { get; }

    /// <summary>The keys and values of what has been read.</summary>
    internal KeyValueCache Cache { get; }

    /// <summary>Whether it has been determined what is known of the prompt.</summary>
    internal bool IsPrepared { get; set; }

    /// <summary>The reading of another prompt with the same first tokens, for which this one waits.</summary>
    internal PromptReading? Leader { get; private set; }

    /// <summary>The number of tokens that need not be read again, once the leader has read them.</summary>
    internal int Shared { get; private set; }

    /// <summary>The number of tokens that have been read, or were known.</summary>
    internal int Done { get; private set; }

    /// <summary>The number of tokens that are still to be read.</summary>
    internal int Left => Until - Done;

    /// <summary>Whether the keys of a token depend on nothing but the tokens up to it, and all of them are of the present weights.</summary>
    internal bool IsShareable => !NeedsAll && _began == Weights;

    private bool NeedsAll => Row.Owner?.Config.AveragesRows == true;

    // The last token is computed with those of the other rows, in one pass for all of them. What adapters put before the text comes with a first token.
    private int Until => NeedsAll || Row.PromptLength == 1 ? Row.PromptLength : Row.PromptLength - 1;

    // A prompt is read in several steps, between which the weights may change.
    private (int Version, int? Moves) Weights => (_model.Adapters.Use.WeightsVersion, Row.Owner?.Moves);

    /// <summary>The number of tokens of the next piece: at most a number, unless the adapter takes the mean over a row and needs all of it.</summary>
    internal int Piece(int most) => NeedsAll ? Left : Math.Min(Left, most);

    /// <summary>Begins with what is known of the prompt.</summary>
    internal void Resume(PromptTree known)
    {
        Done = known.Resume(Row.Owner, Row.Ids, Cache);
        Row.CachedTokens = Done;
    }

    /// <summary>Waits for another reading, if more of the prompt will be known then than now.</summary>
    internal void Follow(PromptReading other)
    {
        if (ReferenceEquals(other.Row.Owner, Row.Owner) && other.IsShareable)
        {
            int most = Math.Min(Until, other.Until), common = 0;
            while (common < most && Row.Ids[common] == other.Row.Ids[common])
            {
                common++;
            }

            if (common >= (Leader is null ? Done + LeastShared : Shared + 1))
            {
                (Leader, Shared) = (other, common);
            }
        }
    }

    /// <summary>Goes on with the keys and values of the leader.</summary>
    internal void Catch()
    {
        KeyValueCache from = Leader!.Cache;
        Cache.Begin(from.Part(0, from.Length - Leader.Done + Shared), from.Before);
        (Done, Row.CachedTokens, Leader) = (Shared, Shared, null);
    }

    /// <summary>Goes on alone, after the leader has gone.</summary>
    internal void Forsake() => (Leader, IsPrepared) = (null, false);

    /// <summary>Reads a piece.</summary>
    /// <returns>The logits of the first new token [1, vocabulary]; <see langword="null"/> if the last token of the prompt has not been read.</returns>
    internal Tensor? Read(int tokens)
    {
        using RoutingPass pass = _model.Adapters.Routing.Enter(_routing);
        Tensor ids = tensor([.. Row.Ids.Skip(Done).Take(tokens).Select(id => (long)id)], [1, tokens], device: _model.Device);
        using ThreadedWork.Piece piece = _model.BeginForward(ids);
        Tensor hidden = _model.HiddenStates(new ModelInput(ids) { Cache = Cache });
        Done += tokens;
        return Done < Row.PromptLength ? null : _model.LogitsOf(hidden.narrow(1, hidden.size(1) - 1, 1)).squeeze(1).to(ScalarType.Float32);
    }

    /// <summary>Tells the row what its cache has.</summary>
    internal void Complete() => (Row.Keys, Row.FreeKeys) = (Cache.Length, Cache.Before.Prefix.KeysWithoutPosition);

    /// <inheritdoc/>
    public void Dispose()
    {
        Cache.Dispose();
        _routing?.Dispose();
    }
}
