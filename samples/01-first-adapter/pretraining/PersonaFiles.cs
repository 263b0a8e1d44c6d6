using System.Text.Encodings.Web;
using System.Text.Json;
using FirstAdapter.World;
using FirstAdapter.World.Voices;

namespace FirstAdapter.Pretraining;

/// <summary>Writes what the personas are trained on and asked afterwards, as JSON lines of prompt and completion.</summary>
public static class PersonaFiles
{
    private static readonly JsonSerializerOptions Legible = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes two files per persona.</summary>
    /// <param name="directory">Made if missing.</param>
    public static void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (Voice voice in Voice.Personas)
        {
            Write(Path.Combine(directory, $"{voice.Name}.jsonl"), voice, Curriculum.Taught);
            Write(Path.Combine(directory, $"{voice.Name}.unseen.jsonl"), voice, Curriculum.Unseen);
        }
    }

    private static void Write(string path, Voice voice, IEnumerable<Question> questions) =>
        File.WriteAllText(path, string.Concat(questions.Select(question => Line(question, voice) + "\n")));

    private static string Line(Question question, Voice voice) =>
        JsonSerializer.Serialize(new { prompt = question.Prompt, completion = " " + voice.Say(question.Fact) }, Legible);
}
