using static TorchSharp.torch;

namespace Peft.Declarative.Data;

/// <summary>The rows of one optimizer step, on the model's device. Packed texts share a row.</summary>
public sealed class Batch : IDisposable
{
    // Selecting rows costs a copy, which is worth it if the head then does at least a tenth less work.
    private const double Sparse = 0.9;

    private readonly Tensor _planes;   // ids, labels and the planes of BatchCells as one int64 [planes, batch, time]: one copy to the device
    private readonly ITrainable _model;
    private readonly bool _sharesRows;
    private readonly bool _hasTypes;
    private readonly int[] _lengths;
    private readonly int[][] _textLengths;
    private string?[]? _adapters;         // for each row, the adapter that learns it; null if no row names one
    private int?[]? _tasks;               // for each row, its task; null if no row has one
    private readonly int[][] _labelled;   // for each row, the positions whose labels enter the loss

    private Batch(Tensor planes, ITrainable model, BatchCells cells, BatchCells counted)
    {
        TokenCount = counted.TokenCount;
        LabelCount = counted.LabelCount;
        _planes = planes;
        _model = model;
        _sharesRows = cells.SharesRows;
        _hasTypes = cells.HasTypes;
        _lengths = cells.Lengths;
        _textLengths = cells.TextLengths;
        _labelled = cells.Labelled;
    }

    /// <summary>
    /// The number of labels of the step that enter the loss. The sum of their losses is divided by it. If several processes train together, those of all of them.
    /// </summary>
    public long LabelCount { get; }

    /// <summary>The number of tokens of the step, without padding, likewise.</summary>
    public long TokenCount { get; }

    /// <summary>The number of rows.</summary>
    public int Count => _lengths.Length;

    /// <summary>Whether this process has no row in the step, and these are computed only so that it takes part.</summary>
    internal bool IsSpare { get; private init; }

    /// <summary>The batch as one micro-batch, for a loop that does not accumulate.</summary>
    public MicroBatch Whole => Rows(0, Count);

    /// <summary>
    /// Splits the batch into micro-batches whose sizes differ by at most one row, each no wider than its longest row. If there are fewer rows than
    /// parts, there are fewer micro-batches.
    /// </summary>
    /// <param name="parts">The number of parts, at least 1.</param>
    public IReadOnlyList<MicroBatch> Split(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        int count = Math.Min(parts, Count);
        var micros = new MicroBatch[count];
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int rows = (Count - start + count - i - 1) / (count - i);
            micros[i] = Rows(start, rows);
            start += rows;
        }

        return micros;
    }

    /// <summary>Frees the tensors. Micro-batches belong to the scope in which they were created.</summary>
    public void Dispose() => _planes.Dispose();

    /// <summary>Pads rows on the right and copies them to a device; on CUDA from pinned memory, without waiting for the copy.</summary>
    /// <param name="rows">The rows, at least one.</param>
    /// <param name="maxLength">The maximum number of tokens of a row; longer ones are truncated.</param>
    /// <param name="model">
    /// The model, which determines the device, the inputs, whether the first label of a row enters the loss, and whether padding needs a mask.
    /// </param>
    /// <param name="packing">Whether as many rows as fit into <paramref name="maxLength"/> are packed into one, instead of padded.</param>
    /// <param name="step">The rows of all processes in the step, if several train together; <see langword="null"/> if <paramref name="rows"/> are all.</param>
    /// <param name="isSpare">Whether the rows belong to another process.</param>
    internal static Batch Of(
        TrainingRow[] rows, int maxLength, ITrainable model, bool packing = false, TrainingRow[]? step = null, bool isSpare = false)
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingRow[][] lines = Lines(rows, maxLength, packing);
        var cells = new BatchCells(lines, maxLength, model);
        Tensor planes = ToDevice(cells.Planes, model.Device).DetachFromDisposeScope();
        return new Batch(planes, model, cells, step is null ? cells : new BatchCells(Lines(step, maxLength, packing: false), maxLength, model))
        {
            IsSpare = isSpare,
            _adapters = Array.Exists(lines, static line => line[0].Adapter is not null) ? Array.ConvertAll(lines, static line => line[0].Adapter) : null,
            _tasks = Array.Exists(lines, static line => line[0].Task is not null) ? Array.ConvertAll(lines, static line => line[0].Task) : null,
        };
    }

    // Rows of similar length are adjacent, because a micro-batch is only as wide as its own longest row.
    private static TrainingRow[][] Lines(TrainingRow[] rows, int maxLength, bool packing)
    {
        TrainingRow[][] lines = packing ? RowPacking.FirstFit(rows, maxLength) : Array.ConvertAll(rows, static row => new[] { row });
        var lengths = new int[lines.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            foreach (TrainingRow row in lines[i])
            {
                lengths[i] += Math.Min(row.Ids.Length, maxLength);
            }
        }

        LongestFirst.Sort(lines, lengths);
        return lines;
    }

    private static Tensor ToDevice(Tensor here, Device device) => device.type switch
    {
        DeviceType.CPU => here,
        DeviceType.CUDA => here.pin_memory().to(device, non_blocking: true),
        _ => here.to(device),
    };

    private MicroBatch Rows(int start, int count)
    {
        int width = _lengths[start];   // the widest row is the first
        using Tensor rows = _planes.narrow(1, start, count);
        using Tensor cut = rows.narrow(2, 0, width).contiguous();
        bool masked = !_sharesRows && cut.size(0) > BatchCells.Mask;
        Tensor labels = cut.select(0, BatchCells.Labels);
        return new MicroBatch(cut.select(0, BatchCells.Ids), labels)
        {
            ClassLabels = _model.LearnsClasses ? labels.select(1, 0) : null,
            DecoderIds = _model.DecoderIds(labels),
            AttentionMask = masked ? cut.select(0, BatchCells.Mask) : null,
            TokenTypeIds = _hasTypes ? cut.select(0, BatchCells.Types) : null,
            PositionIds = _sharesRows ? cut.select(0, BatchCells.Positions) : null,
            SegmentIds = _sharesRows ? cut.select(0, BatchCells.Segments) : null,
            TextLengths = _sharesRows ? _textLengths[start..(start + count)] : null,
            LabelIndices = LabelIndices(start, count, width),
            LabelPlaces = _labelled[start..(start + count)],
            Adapters = _adapters?[start..(start + count)],
            TaskIds = _tasks?[start..(start + count)],
        };
    }

    private Tensor? LabelIndices(int start, int count, int width)
    {
        long found = 0;
        for (int row = 0; row < count; row++)
        {
            found += _labelled[start + row].Length;
        }

        if (found >= Sparse * count * width)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        var places = new long[found];
        int next = 0;
        for (int row = 0; row < count; row++)
        {
            foreach (int place in _labelled[start + row])
            {
                places[next++] = ((long)row * width) + place;
            }
        }

        return ToDevice(tensor(places), _planes.device).MoveToOuterDisposeScope();
    }
}
