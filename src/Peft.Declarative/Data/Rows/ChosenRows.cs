using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Peft.Declarative.Data.Rows;

/// <summary>A selection of other rows, in its own order.</summary>
internal sealed class ChosenRows(RowSet rows, int[] chosen) : RowSet
{
    public override int Count => chosen.Length;

    public override TrainingRow this[int index] => rows[chosen[index]];

    internal override string Fingerprint =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(rows.Fingerprint), .. MemoryMarshal.AsBytes<int>(chosen)]))[..16];

    internal override long LabelCount => this.Sum(row => row.CountLabels());

    internal override bool IsOfOneKind => rows.IsOfOneKind;

    internal override int LeastId => rows.LeastId;

    internal override int GreatestId => rows.GreatestId;

    internal override int Length(int index) => rows.Length(chosen[index]);

    internal override int UncutLength(int index) => rows.UncutLength(chosen[index]);

    internal override string? Adapter(int index) => rows.Adapter(chosen[index]);

    internal override int? Task(int index) => rows.Task(chosen[index]);

    internal override string Source(int index) => rows.Source(chosen[index]);

    internal override bool HasLabel(int index, int maxLength, bool withFirst) => rows.HasLabel(chosen[index], maxLength, withFirst);
}
