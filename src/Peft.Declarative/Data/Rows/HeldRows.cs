using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Peft.Declarative.Data.Rows;

/// <summary>Rows that the caller created.</summary>
internal sealed class HeldRows(TrainingRow[] rows) : RowSet
{
    private string? _fingerprint;

    public override int Count => rows.Length;

    public override TrainingRow this[int index] => rows[index];

    internal override string Fingerprint => _fingerprint ??= Hash();

    internal override long LabelCount => rows.Sum(row => row.CountLabels(withFirst: row.Kind is TrainingRowKind.Pair or TrainingRowKind.Class));

    internal override bool IsOfOneKind => rows.All(row => row.Kind is not null && row.Kind == rows[0].Kind);

    internal override int LeastId => Values.DefaultIfEmpty(0).Min();

    internal override int GreatestId => Values.DefaultIfEmpty(0).Max();

    private IEnumerable<int> Values => rows.SelectMany(row => row.Ids.Concat(row.Labels.Where(label => label != TrainingRow.Ignored)));

    internal override int Length(int index) => rows[index].Ids.Length;

    internal override int UncutLength(int index) => rows[index].UncutLength;

    internal override string Source(int index) => rows[index].Source ?? $"row {index + 1}";

    internal override string? Adapter(int index) => rows[index].Adapter;

    internal override int? Task(int index) => rows[index].Task;

    internal override bool HasLabel(int index, int maxLength, bool withFirst) => rows[index].CountLabels(maxLength, withFirst) > 0;

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TrainingRow row in rows)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>(row.Ids));
            hash.AppendData(MemoryMarshal.AsBytes<int>(row.Labels));
            hash.AppendData(Encoding.UTF8.GetBytes(row.Adapter ?? ""));
            if (row.Task is { } task)
            {
                hash.AppendData(BitConverter.GetBytes(task));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
