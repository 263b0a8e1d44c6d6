using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Machine;
using Peft.Declarative.Native;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>Rows that are computed in one pass: those of all adapters that can be mixed, or those of one that cannot.</summary>
/// <param name="model">The model.</param>
/// <param name="own">The adapter that is active for all rows; <see langword="null"/> if each row has its own.</param>
/// <param name="known">The prompts that have been read.</param>
internal sealed class BatchLane(CausalLanguageModel model, string? own, PromptTree known)
{
    private readonly List<BatchRow> _rows = [];   // in the order of the cache
    private readonly PromptQueue _prompts = new(model, own is null, known);
    private readonly KeyValueCache _cache = new(model.Config.LayerCount);
    private readonly StackMemory _stacks = new();
    private RowRouting? _routing;
    private int _version;

    /// <summary>The number of rows, including those whose prompt is being read.</summary>
    internal int Count => _rows.Count + _prompts.Count;

    /// <summary>All rows.</summary>
    internal IEnumerable<BatchRow> Rows => _rows.Concat(_prompts.Rows);

    /// <summary>Begins to read the prompt of a row.</summary>
    internal void Begin(BatchRow row) => _prompts.Add(row);

    /// <summary>Reads prompts, then computes a token for each row.</summary>
    /// <param name="tokens">The number of tokens of prompts that may still be read.</param>
    /// <param name="moved">Receives the rows that have a new token or have ended.</param>
    /// <param name="cancellation">Ends the wait for the model.</param>
    /// <returns>The number of tokens of prompts that were read.</returns>
    internal int Step(int tokens, List<BatchRow> moved, CancellationToken cancellation)
    {
        if (own is not null)
        {
            FailOrphans(moved);   // it could not be activated
            if (Count == 0)
            {
                return 0;
            }
        }

        using ModelTurn? turn = own is null ? null : model.BeginTurn(own, cancellation);
        using ModelUse.Use computing = model.Adapters.Use.Compute(cancellation);
        FailOrphans(moved);
        using EvaluationMode mode = EvaluationMode.Of(model);
        using IDisposable untracked = no_grad();
        int read = _prompts.Read(tokens, moved, Join);
        DropEnded();
        if (_rows.Count > 0)
        {
            moved.AddRange(_rows);
            BatchRow.Guard([.. _rows], Decode);
            DropEnded();
        }

        return read;
    }

    /// <summary>Drops the rows that have ended.</summary>
    internal void DropEnded()
    {
        using DisposeScope scope = NewDisposeScope();
        _prompts.DropEnded();
        for (int i = _rows.Count - 1; i >= 0; i--)
        {
            if (_rows[i].HasEnded)
            {
                _rows[i] = _rows[^1];
                _rows.RemoveAt(_rows.Count - 1);
                _cache.Leave(i, _rows.Count == 0 ? 0 : _rows.Max(row => row.Keys));
                RowsChanged();
            }
        }
    }

    private void Decode()
    {
        if (own is null)
        {
            ForgetChangedWeights();
            _routing ??= new RowRouting([.. _rows.Select(row => row.Adapter)], model.Device, _stacks);
        }

        using RoutingPass pass = model.Adapters.Routing.Enter(_routing);
        TokenChoice.Add(_rows, Logits());
        _rows.ForEach(row => row.Keys++);
    }

    // The last tokens of all rows. What the cache has before a row's own keys is hidden from it.
    private Tensor Logits()
    {
        long keys = _cache.Length + 1;
        long[] values = [.. _rows.Select(row => (long)row.LastToken), .. _rows.Select(row => row.Keys - row.FreeKeys), .. _rows.Select(row => keys - 1 - row.Keys)];
        Tensor table = tensor(values, [3, _rows.Count, 1], device: model.Device);
        Tensor? mask = _rows.TrueForAll(row => row.Keys == keys - 1) ? null
            : Scalars.Range(0, keys, model.Device).unsqueeze(0).ge(table[2]).to(ScalarType.Int64);
        using ThreadedWork.Piece piece = model.BeginForward(table[0]);
        Tensor hidden = model.HiddenStates(new ModelInput(table[0]) { AttentionMask = mask, PositionIds = table[1], Cache = _cache });
        return model.LogitsOf(hidden).squeeze(1).to(ScalarType.Float32);
    }

    private void Join(PromptReading reading)
    {
        if (!reading.Row.HasEnded)
        {
            _cache.Join(reading.Cache);
            _rows.Add(reading.Row);
            RowsChanged();
        }
    }

    private void ForgetChangedWeights()
    {
        if (_version != model.Adapters.Use.WeightsVersion)
        {
            _routing?.Dispose();
            _routing = null;
            _stacks.Dispose();
            _version = model.Adapters.Use.WeightsVersion;
        }
    }

    private void RowsChanged()
    {
        _routing?.Dispose();
        _routing = null;
        if (_rows.Count == 0)
        {
            _stacks.Dispose();
        }

        long length = _cache.Length;
        _cache.Before = _rows.TrueForAll(row => row.FreeKeys == 0) ? RowOffsets.None
            : RowOffsets.Within([.. _rows.Select(row => length - row.Keys + row.FreeKeys)], model.Device);
    }

    // An adapter that has been removed or replaced by another of its name cannot go on in the middle of a text.
    private void FailOrphans(List<BatchRow> moved)
    {
        foreach (BatchRow row in Rows.Where(row => row.Owner is { } adapter && !ReferenceEquals(adapter.Owner, model.Adapters)).ToList())
        {
            row.Fail(model.Adapters.NotFound(row.Adapter!));
            moved.Add(row);
        }

        DropEnded();
        if (own is null)
        {
            moved.AddRange(BatchRow.Guard([.. Rows], () => model.Adapters.RequireMixable(Rows.Select(row => row.Adapter))));
            DropEnded();
        }
    }
}
