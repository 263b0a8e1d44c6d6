using System.Globalization;
using System.Text.Json.Nodes;

namespace Peft.Declarative.App.Output;

/// <summary>Statistics of a data file, and one row as the model reads it.</summary>
internal sealed class DataReport
{
    private readonly TrainingData _data;
    private readonly int _maxLength;
    private readonly DataSummary _summary;
    private readonly MaskedExample _example;

    internal DataReport(TrainingData data, Tokenizer tokenizer, int maxLength)
    {
        (_data, _maxLength) = (data, maxLength);
        _summary = data.Summarize();
        _example = new MaskedExample(data.Rows[0], tokenizer);
    }

    internal JsonObject Json() => new()
    {
        ["rows"] = _summary.Rows,
        ["skipped_rows"] = _data.Skipped.Count,
        ["tokens"] = _summary.Tokens,
        ["learnt_tokens"] = _summary.LearntTokens,
        ["lengths"] = new JsonObject
        {
            ["min"] = _summary.Shortest,
            ["median"] = _summary.Median,
            ["p95"] = _summary.Percentile95,
            ["max"] = _summary.Longest,
        },
        ["max_length"] = _maxLength,
        ["cut_rows"] = _summary.CutRows,
        ["cut_share"] = Share,
        ["example"] = new JsonObject { ["source"] = _data.Rows[0].Source, ["spans"] = _example.Json() },
    };

    internal void Write(AppOutput output)
    {
        string rows = _data.Skipped.Count > 0 ? $"{Text(_summary.Rows)} rows ({Text(_data.Skipped.Count)} skipped)" : $"{Text(_summary.Rows)} rows";
        output.Out.WriteLine($"data       {rows}, {Text(_summary.Tokens)} tokens, {Text(_summary.LearntTokens)} of them learned");
        output.Out.WriteLine($"lengths    min {Text(_summary.Shortest)}, median {Text(_summary.Median)}, 95 % {Text(_summary.Percentile95)}, max {Text(_summary.Longest)} tokens");
        output.Out.WriteLine($"cut off    {Text(_summary.CutRows)} rows ({Share.ToString("P1", CultureInfo.InvariantCulture)}) are longer than {Text(_maxLength)} tokens");
        output.Out.WriteLine($"example    {_data.Rows[0].Source}, learned parts {(output.IsLive ? "in green" : "in ⟦ ⟧")}:");
        _example.Write(output);
    }

    private double Share => (double)_summary.CutRows / _summary.Rows;

    private static string Text(long number) => TrainableTable.Text(number);
}
