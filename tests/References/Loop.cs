namespace Idsnn.Tests;

/// <summary>Nested loops from 0 on, the last index fastest.</summary>
internal static class Loop
{
    public static IEnumerable<(int I, int J)> Over(int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) yield return (i, j);
        }
    }

    public static IEnumerable<(int I, int J, int K)> Over(int planes, int rows, int columns)
    {
        for (int i = 0; i < planes; i++)
        {
            foreach (var (j, k) in Over(rows, columns)) yield return (i, j, k);
        }
    }
}
