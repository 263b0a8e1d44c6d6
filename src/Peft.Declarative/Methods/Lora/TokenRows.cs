using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Trained rows of an embedding: row i replaces the vector of id <c>Ids[i]</c>.</summary>
/// <remarks>The rows are absolute values, not differences, although their name in the file contains "delta".</remarks>
internal sealed class TokenRows : IDisposable
{
    private readonly Tensor _ids;
    private readonly Tensor _rowOfId;

    internal TokenRows(WeightLayer table, IReadOnlyList<int> ids)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Device device = table.weight.device;
        long[] all = [.. ids.Select(id => (long)id)];
        _ids = tensor(all, device: device).DetachFromDisposeScope();
        Rows = WeightLayer.TrainableCopy(table.weight.index_select(0, _ids));

        long[] rowOfId = new long[table.weight.size(0)];
        Array.Fill(rowOfId, -1);
        for (int row = 0; row < ids.Count; row++)
        {
            rowOfId[ids[row]] = row;
        }

        _rowOfId = tensor(rowOfId, device: device).DetachFromDisposeScope();
    }

    /// <summary>The indices of the rows.</summary>
    internal IEnumerable<Tensor> Indices => [_ids, _rowOfId];

    /// <summary>The trained rows [ids, width].</summary>
    internal Parameter Rows { get; }

    /// <summary>Frees the rows and the table of their indices.</summary>
    public void Dispose()
    {
        Rows.Dispose();
        _ids.Dispose();
        _rowOfId.Dispose();
    }

    /// <summary>Replaces vectors [batch, time, width] of ids [batch, time] with the trained rows.</summary>
    internal Tensor Replace(Tensor vectors, Tensor inputIds)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor row = _rowOfId.index_select(0, inputIds.reshape(-1));
        Tensor trained = Rows.index_select(0, row.clamp_min(Scalars.Of(0))).view_as(vectors);
        return where(row.ge(Scalars.Of(0)).view(vectors.size(0), vectors.size(1), 1), trained.to(vectors.dtype), vectors).MoveToOuterDisposeScope();
    }

    /// <summary>Replaces logits [batch, time, vocabulary] of a tied head with those of the trained rows.</summary>
    internal Tensor ReplaceLogits(Tensor logits, Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor trained = nn.functional.linear(hidden.to(Rows.dtype), Rows).to(logits.dtype);
        return logits.index_copy(-1, _ids, trained).MoveToOuterDisposeScope();
    }

    /// <summary>Replaces rows of the table [vocabulary, width] with the trained rows.</summary>
    internal Tensor Replace(Tensor weight) => weight.index_copy(0, _ids, Rows.to(weight.dtype));
}
