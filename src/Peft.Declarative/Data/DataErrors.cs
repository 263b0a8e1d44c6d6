using System.Text;
using Peft.Declarative.Data.Files;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data;

/// <summary>The errors of training data.</summary>
internal static class DataErrors
{
    private const string Kinds = "JSON lines (.jsonl, .ndjson), JSON arrays (.json), CSV and TSV (.csv, .tsv), plain text (.txt, .md) and Parquet (.parquet)";

    // Libraries quote the content of files in their messages.
    private const int LongestReason = 500;

    /// <summary>The missing parts of a row, as the end of a sentence.</summary>
    internal const string NeedsOfTexts = "neither 'text' nor 'prompt' with 'completion' nor 'messages'";
    internal const string NeedsOfPairs = "neither 'source' with 'target' nor 'prompt' with 'completion', which an encoder-decoder is trained on";
    internal const string NeedsOfClasses = "not both 'text' and 'label', which a classifier is trained on";

    internal static PeftException BadRows(string path, BadRows bad, TrainingRowKind kind) => new(RuleIds.TrainingDataUnusable,
        $"'{path}' has {Rows(bad.Count)} that cannot be used for training: {ProblemList.Of(bad.First, bad.Count)}. "
        + kind switch
        {
            TrainingRowKind.Pair => "Each must have 'source' and 'target', or 'prompt' and 'completion'.",
            TrainingRowKind.Class => "Each must have 'text' and 'label', and may have 'text_pair'.",
            _ => "Each must have 'text', or 'prompt' and 'completion', or 'messages'.",
        });

    internal static PeftException PlainTextNeedsCausalModel(string path, TrainingRowKind kind) => new(RuleIds.TrainingDataUnusable,
        $"'{path}' is plain text, which {(kind == TrainingRowKind.Class ? "has no classes for a classifier" : "has no targets for an encoder-decoder")}. "
        + $"Give rows with {(kind == TrainingRowKind.Class ? "'text' and 'label'" : "'source' and 'target'")}, as JSON lines, CSV or Parquet.");

    internal static PeftException NoRowsGiven() => new(RuleIds.TrainingDataUnusable, "There are no rows. Give at least one.");

    internal static PeftException DoNotFit(string problem) => new(RuleIds.RowsDoNotFit, problem);

    internal static PeftException WrongKind(string source, TrainingRowKind kind, TrainingRowKind wanted, string model)
    {
        (string reads, string remedy) = wanted switch
        {
            TrainingRowKind.Class => ("classifies texts", "TrainingRow.OfClass"),
            TrainingRowKind.Pair => ("reads a source and writes a target", "TrainingRow.OfPair"),
            _ => ("continues a text", "TrainingRow.OfText or OfCompletion"),
        };
        string has = kind switch { TrainingRowKind.Class => "a text and its class", TrainingRowKind.Pair => "a source and a target", _ => "a text whose own tokens are its labels" };
        return new PeftException(RuleIds.RowsDoNotFit,
            $"The rows are not for this model: {source} is {has}, but '{model}' {reads}. Read the file with TrainingData.FromFile(path, model, tokenizer), or make rows with {remedy}.");
    }

    internal static PeftException NoRows(string path, BadRows bad) => new(RuleIds.TrainingDataUnusable, bad.Count == 0
        ? $"'{path}' has no text to train on. Give it at least one row."
        : $"'{path}' has no text to train on, because all of its {Rows(bad.Count)} had to be skipped: {ProblemList.Of(bad.First, bad.Count)}.");

    internal static PeftException NoFiles(string path, bool isFolderOrPattern) => new(RuleIds.TrainingDataUnusable, isFolderOrPattern
        ? $"There is no file of training data at '{path}'. Known are {Kinds}."
        : $"The training data '{path}' does not exist.");

    internal static PeftException UnknownKind(string path) => new(RuleIds.TrainingDataUnusable,
        $"The kind of '{path}' cannot be told from its name. Known are {Kinds}.");

    internal static PeftException Unreadable(string path, Exception reason) => new(RuleIds.TrainingDataUnusable,
        $"The training data '{path}' cannot be read: {UntrustedText.ShownUpTo(LongestReason, reason.Message.TrimEnd('.'))}.", reason);

    internal static PeftException ParquetColumns(string path, string problem) => new(RuleIds.TrainingDataUnusable,
        $"The training data '{path}' cannot be used: {problem}. It must have the columns that the model is trained on, such as 'text', or 'prompt' and 'completion', or 'messages', a list of "
        + "structs with 'role' and 'content'.");

    internal static PeftException SpillLost() => new(RuleIds.TrainingDataUnusable,
        "The temporary file with training rows ends too early. Read the data again.");

    internal static PeftException LengthsDiffer(int ids, int labels) => new(RuleIds.RowLengthsDiffer,
        $"A training row has {RuleTexts.Count(ids)} token ids but {RuleTexts.Count(labels)} labels. Give each token a label, {TrainingRow.Ignored} if it does not count.");

    internal static PeftException BadShare(double share, int rows) => new(RuleIds.BadEvaluationShare,
        FormattableString.Invariant($"A fraction of {share} of {RuleTexts.Count(rows)} rows cannot be kept for evaluation: both parts need at least one row. Choose a fraction between 0 and 1."));

    /// <summary>Calls a function, and converts every failure to read a file into an exception that names the file.</summary>
    internal static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception reason) when (IsOfFiles(reason) || reason is DecoderFallbackException)
        {
            throw Unreadable(path, reason);
        }
    }

    /// <summary>Calls a function, and converts every failure to write rows to a temporary file into an exception that says so.</summary>
    internal static T GuardSpill<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception reason) when (IsOfFiles(reason))
        {
            throw new PeftException(RuleIds.TrainingDataUnusable,
                $"The training rows do not fit into memory, and cannot be kept in a temporary file in '{Path.GetTempPath()}': {reason.Message.TrimEnd('.')}. "
                + "Make room there, or set TMPDIR (TEMP on Windows) to another folder.", reason);
        }
    }

    private static bool IsOfFiles(Exception reason) => reason is IOException or UnauthorizedAccessException or ArgumentException;

    private static string Rows(long count) => count == 1 ? "1 row" : $"{RuleTexts.Count(count)} rows";
}
