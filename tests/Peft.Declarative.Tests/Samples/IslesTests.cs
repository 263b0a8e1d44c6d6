using FirstAdapter.World;

namespace Peft.Declarative.Tests.Samples;

public sealed class IslesTests
{
    [Fact]
    public void Facts_OfEveryTopic_UseAllValuesAboutEquallyOften()
    {
        foreach (IGrouping<Topic, Fact> topic in Isles.Facts.GroupBy(fact => fact.Topic))
        {
            int[] counts = [.. topic.Key.Values.Select(value => topic.Count(fact => fact.Value == value))];
            Assert.True(counts.Max() - counts.Min() <= 1, $"{topic.Key.Subject}: {string.Join(", ", counts)}");
        }
    }

    [Fact]
    public void Questions_OfAllFacts_AreDistinct()
    {
        List<string> prompts = [.. Isles.Facts.SelectMany(fact => fact.Questions).Select(question => question.Prompt)];

        Assert.Equal(prompts.Count, prompts.Distinct().Count());
    }

    [Fact]
    public void Values_OfOneTopic_DoNotContainEachOther()
    {
        // Otherwise an answer with the longer one would also count as the shorter one.
        foreach (string[] values in Isles.Kinds.SelectMany(kind => kind.Topics).Select(topic => topic.Values))
        {
            Assert.DoesNotContain(values, value => values.Any(other => other != value && other.Contains(value, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Fact]
    public void Curriculum_TaughtAndUnseen_ShareNoMember()
    {
        HashSet<string> taught = [.. Curriculum.Taught.Select(question => question.Fact.Member)];

        Assert.DoesNotContain(Curriculum.Unseen, question => taught.Contains(question.Fact.Member));
        Assert.InRange(taught.Count, 1, Isles.Kinds.Sum(kind => kind.Members.Length) / 2);
    }
}
