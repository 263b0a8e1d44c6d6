using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Data;

/// <summary>The numbers of a batch before they are copied to the device: planes of [rows, time], written to the memory of one tensor.</summary>
internal sealed unsafe class BatchCells
{
    internal const int Ids = 0;
    internal const int Labels = 1;

    /// <summary>The plane of 1 for tokens and 0 for padding, if the model uses a mask.</summary>
    internal const int Mask = 2;

    /// <summary>The plane of positions, before that of text numbers, if several texts share a row. There is then no <see cref="Mask"/>.</summary>
    internal const int Positions = 2;
    internal const int Segments = 3;

    /// <summary>The plane of token types, after <see cref="Mask"/>, if some row is a pair of texts.</summary>
    internal const int Types = 3;

    private readonly int _width;
    private readonly int _count;

    /// <param name="lines">The texts of each row, the widest row first.</param>
    /// <param name="maxLength">The maximum number of tokens of a text; longer ones are truncated.</param>
    /// <param name="model">Determines whether the label at a text's first position enters the loss, and whether padding needs a mask.</param>
    internal BatchCells(TrainingRow[][] lines, int maxLength, ITrainable model)
    {
        _count = lines.Length;
        TextLengths = new int[_count][];
        Lengths = new int[_count];
        Labelled = new int[_count][];
        bool hasPairs = false;
        for (int line = 0; line < _count; line++)
        {
            TrainingRow[] texts = lines[line];
            TextLengths[line] = new int[texts.Length];
            for (int text = 0; text < texts.Length; text++)
            {
                TextLengths[line][text] = Math.Min(texts[text].Ids.Length, maxLength);
                Lengths[line] += TextLengths[line][text];
            }

            SharesRows |= texts.Length > 1;
            hasPairs |= texts[0].SecondTextStart is not null;
        }

        bool masked = model.SeesPadding;
        _width = Lengths[0];
        HasTypes = masked && !SharesRows && hasPairs;
        Planes = zeros([SharesRows || HasTypes ? 4 : masked ? 3 : 2, _count, _width], dtype: ScalarType.Int64, device: CPU);
        int[] places = new int[_width];
        Plane(Labels).Fill(TrainingRow.Ignored);
        for (int line = 0; line < _count; line++)
        {
            (int start, int learnt) = (0, 0);
            for (int text = 0; text < lines[line].Length; text++)
            {
                TrainingRow row = lines[line][text];
                int length = TextLengths[line][text];
                int tokens = Math.Min(row.TokenCount, maxLength);
                learnt += Write(row, length, line, start, model.PredictsFirstTokenOf(row.Adapter), places.AsSpan(learnt));
                if (SharesRows)
                {
                    WriteSegment((line * _width) + start, length, text);
                }
                else if (masked)
                {
                    Plane(Mask).Slice(line * _width, tokens).Fill(1);
                    WriteTypes(row.SecondTextStart, line * _width, tokens);
                }

                TokenCount += tokens;
                start += length;
            }

            Labelled[line] = places[..learnt];
            LabelCount += learnt;
        }
    }

    /// <summary>The planes, int64 [planes, rows, time] in host memory, in the caller's dispose scope.</summary>
    internal Tensor Planes { get; }

    /// <summary>Whether some row has more than one text.</summary>
    internal bool SharesRows { get; }

    /// <summary>Whether some row is a pair of texts.</summary>
    internal bool HasTypes { get; }

    /// <summary>For each row, the numbers of positions of its texts, in their order.</summary>
    internal int[][] TextLengths { get; }

    /// <summary>The number of positions of each row, without padding.</summary>
    internal int[] Lengths { get; }

    /// <summary>For each row, the positions whose labels enter the loss.</summary>
    internal int[][] Labelled { get; }

    /// <summary>The number of labels that enter the loss.</summary>
    internal long LabelCount { get; }

    internal long TokenCount { get; }

    private Span<long> Plane(int plane) => new((long*)RawTensor.Address(Planes) + ((long)plane * _count * _width), _count * _width);

    // Gives the number of labels that enter the loss, and their places in the line.
    private int Write(TrainingRow row, int length, int line, int start, bool withFirst, Span<int> places)
    {
        Span<long> ids = Plane(Ids).Slice((line * _width) + start, length);
        Span<long> labels = Plane(Labels).Slice((line * _width) + start, length);
        int learnt = 0;
        for (int i = 0; i < length; i++)
        {
            ids[i] = row.Ids[i];

            // In a row of several texts, the first token of a text would be predicted from the end of the text before.
            bool counts = row.Labels[i] != TrainingRow.Ignored && (i > 0 || withFirst);
            labels[i] = counts || !SharesRows ? row.Labels[i] : TrainingRow.Ignored;
            if (counts)
            {
                places[learnt++] = start + i;
            }
        }

        return learnt;
    }

    private void WriteTypes(int? second, int at, int tokens)
    {
        if (second is { } start && start < tokens)
        {
            Plane(Types).Slice(at + start, tokens - start).Fill(1);
        }
    }

    private void WriteSegment(int at, int length, int segment)
    {
        Span<long> positions = Plane(Positions).Slice(at, length);
        for (int i = 0; i < length; i++)
        {
            positions[i] = i;
        }

        Plane(Segments).Slice(at, length).Fill(segment);
    }
}
