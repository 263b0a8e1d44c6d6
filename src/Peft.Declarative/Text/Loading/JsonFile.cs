using System.Text.Json;
using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Text.Loading;

/// <summary>Opens a JSON file of a stranger: of bounded size, with an error that says line and column.</summary>
internal static class JsonFile
{
    /// <summary>Largest file that is read. The largest vocabularies in use (256,000 tokens) take about 40 MB.</summary>
    internal const long GreatestBytes = 256L << 20;

    // The parser quotes what it finds.
    private const int LongestReason = 300;

    /// <summary>Reads the file; the caller disposes the document.</summary>
    internal static JsonDocument Open(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            long bytes = new FileInfo(path).Length;
            if (bytes > GreatestBytes)
            {
                throw TokenizerProblem.In(name, "", $"has {bytes:N0} bytes; more than {GreatestBytes:N0} are not read.");
            }

            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException broken)
        {
            throw TokenizerProblem.In(name, "", $"is not valid JSON: {UntrustedText.ShownUpTo(LongestReason, broken.Message)} Download it again.", broken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw TokenizerProblem.In(path, "", $"cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
