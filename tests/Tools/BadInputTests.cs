using Idsnn.Engine;

namespace Idsnn.Tests.Tools;

/// <summary>Wrong input gives one line that says what to do, exit code 2, and no files.</summary>
public class BadInputTests
{
    private TemporaryFolder folder = null!;

    /// <summary>The damaged and the sound things that arguments speak of.</summary>
    [OneTimeSetUp]
    public void MakeThings()
    {
        folder = new TemporaryFolder();
        TinyCifar.Create(folder.File("cifar"));
        string label = Path.Combine(TinyCifar.Create(folder.File("label")), "data_batch_3.bin");
        byte[] bytes = File.ReadAllBytes(label);
        bytes[TinyCifar.Record] = 10;
        File.WriteAllBytes(label, bytes);
        File.WriteAllBytes(Path.Combine(TinyCifar.Create(folder.File("truncated")), "test_batch.bin"), bytes[..5000]);
        File.Delete(Path.Combine(TinyCifar.Create(folder.File("partial")), "data_batch_5.bin"));
        File.WriteAllText(folder.File("file"), "neither a folder nor tensors");
        var trace = SafetensorsFile.Load(
            Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", "spiking18-batch1.safetensors"));
        trace.Save(folder.File("trace"));
        File.WriteAllBytes(folder.File("half"), File.ReadAllBytes(folder.File("trace"))[..50_000]);
    }

    [OneTimeTearDown]
    public void DeleteThings() => folder.Dispose();

    // The command line.
    [TestCase(
        "'frob'",
        "unknown verb 'frob'; use train, eval, infer, runs, report, experiment, demo, download, replay, bench, profile, devices, ptx, or "
            + "no arguments for a demonstration")]
    [TestCase("'' ", "unknown verb ''")]
    [TestCase("--lr 1", "unknown verb '--lr'")]
    [TestCase("train --bogus 3", "unknown option --bogus; see train --help")]
    [TestCase("train -q", "unknown option -q; see train --help")]
    [TestCase("eval --checkpoint x --width 3", "unknown option --width; see eval --help")]
    [TestCase("train stray", "'stray' is not an option; options start with --, see --help")]
    [TestCase("train --epochs 1 stray", "'stray' is not an option")]
    [TestCase("train -- stray", "'stray' is not an option")]
    [TestCase("train --nesterov true", "'true' is not an option")]
    [TestCase("devices all", "'all' is not an option")]
    [TestCase("train --lr", "--lr needs a value; see train --help")]
    [TestCase("train --lr --width 2", "--lr needs a value; see train --help")]
    [TestCase("train --lr=", "--lr needs a value; see train --help")]
    [TestCase("train --output-dir ''", "--output-dir needs a value")]
    [TestCase("train -b", "-b needs a value; see train --help")]
    [TestCase("replay --trace", "--trace needs a value; see replay --help")]
    [TestCase("train --epochs 1 --epochs 2", "--epochs is given twice")]
    [TestCase("train --epochs many", "--epochs: 'many' is not a whole number")]
    [TestCase("train --epochs 1.5", "--epochs: '1.5' is not a whole number")]
    [TestCase("train -bmany", "--batch-size: 'many' is not a whole number")]
    [TestCase("train --epochs=many", "--epochs: 'many' is not a whole number")]
    [TestCase("train --epochs 99999999999", "--epochs: '99999999999' is not a whole number of at most nine digits")]
    [TestCase("train --seed -1", "--seed: '-1' is not a whole number from 0 on")]
    [TestCase("train --lr 0,1", "--lr: '0,1' is not a number (write decimals with a point)")]
    [TestCase("train --decay=0,25", "--decay: '0,25' is not a number (write decimals with a point)")]
    [TestCase("train --lr fast", "--lr: 'fast' is not a number")]
    [TestCase("eval", "--checkpoint is required; see eval --help")]

    // Values.
    [TestCase("train --lr -0.1", "--lr must be above 0 and finite, got -0.1")]
    [TestCase("train --lr -.1", "--lr must be above 0 and finite, got -0.1")]
    [TestCase("train --lr 0", "--lr must be above 0 and finite, got 0")]
    [TestCase("train --lr 1e999", "--lr must be above 0 and finite, got Infinity")]
    [TestCase("train --lr NaN", "--lr must be above 0 and finite, got NaN")]
    [TestCase("train --epochs -1", "--epochs must be at least 0, got -1")]
    [TestCase("train --teacher-epochs -1", "--teacher-epochs must be at least 0, got -1")]
    [TestCase("train -b 0", "--batch-size must be at least 1, got 0")]
    [TestCase("train --momentum 1", "--momentum must lie in [0, 1), got 1")]
    [TestCase("train --clip-norm -1", "--clip-norm must be at least 0, got -1")]
    [TestCase("train --clip-norm 1e39", "--clip-norm must be at least 0, got ")]
    [TestCase("train --clip-norm NaN", "--clip-norm must be at least 0, got NaN")]
    [TestCase("train --on-nonfinite ignore", "--on-nonfinite: 'ignore' is not one of stop, skip")]
    [TestCase("train --weight-decay -1", "--weight-decay must be at least 0, got -1")]
    [TestCase("train --kd-temperature 0", "--kd-temperature must be above 0, got 0")]
    [TestCase("train --kd-alpha -0.3", "--kd-alpha must be at least 0, got -0.3")]
    [TestCase("train --label-smoothing 1", "--label-smoothing must lie in [0, 1), got 1")]
    [TestCase("train --warmup-epochs -1", "--warmup-epochs must be at least 0, got -1")]
    [TestCase("train --workers -1", "--workers must be at least 0, got -1")]
    [TestCase("train --bn-gamma 0", "--bn-gamma must be above 0, got 0")]
    [TestCase("train --lr-milestones 60;120", "--lr-milestones: '60;120' is not a list of whole numbers such as 60,120,160")]
    [TestCase("train --lr-milestones -5", "--lr-milestones: '-5' is not a list of whole numbers")]
    [TestCase("train --lr-milestones 99999999999", "--lr-milestones: '99999999999' is not a list of whole numbers")]
    [TestCase("train --schedule linear", "--schedule: 'linear' is not one of multistep, cosine")]
    [TestCase("train --stage nonsense", "--stage: 'nonsense' is not one of pipeline, teacher, student")]
    [TestCase("train --init middle", "--init: 'middle' is not one of prefix, even, none")]
    [TestCase("train --shortcuts zero", "--shortcuts: 'zero' is not one of random, copy")]
    [TestCase("train --stage student --kd-features 1", "unless --init none and --kd-alpha 0 and --kd-features 0")]
    [TestCase("train --stage student", "--stage student needs --teacher-checkpoint, unless --init none and --kd-alpha 0")]
    [TestCase("train --stage student --init none", "--stage student needs --teacher-checkpoint")]
    [TestCase("train --stage teacher --teacher-checkpoint HERE/file", "leave --teacher-checkpoint out")]
    [TestCase(
        "train CIFAR --model vgg12",
        "unknown model 'vgg12'; use [spiking-|sew-|ms-]resnet{18|19|20|32|34|44|50|56|101|152} or [spiking-]vgg{11|13|16|19}")]
    [TestCase("train CIFAR --teacher spiking-resnet18", "--teacher must be an ordinary network such as resnet34, got spiking-resnet18")]
    [TestCase("train CIFAR --teacher resnet50", "take a teacher of the same family (18 and 34 are basic, 50, 101 and 152 bottleneck)")]
    [TestCase("train CIFAR --width 0", "width must be from 1 to 1024, got 0")]
    [TestCase("train CIFAR --width -3", "width must be from 1 to 1024, got -3")]
    [TestCase("train CIFAR --width 100000", "width must be from 1 to 1024, got 100000")]
    [TestCase("train CIFAR --teacher-width 0", "width must be from 1 to 1024, got 0")]
    [TestCase("train CIFAR -T 0", "--timesteps must be at least 1, got 0")]
    [TestCase("train CIFAR -T 5000", "the number of time-steps must be from 1 to 1024, got 5000")]
    [TestCase("train CIFAR --decay 1.5", "the neuron's decay must lie in [0, 1], got 1.5")]
    [TestCase("train CIFAR --threshold 0", "the neuron's threshold must be above 0, got 0")]
    [TestCase("train CIFAR --surrogate step", "--surrogate: 'step' is not one of rectangle, triangle, sigmoid, arctan")]
    [TestCase("train CIFAR --reset none", "--reset: 'none' is not one of hard, soft")]
    [TestCase("train CIFAR --encoder rate", "--encoder: 'rate' is not one of direct, poisson")]
    [TestCase("train CIFAR --stem-padding 99", "the stem's padding must be from 0 to 16, got 99")]
    [TestCase("train --mac-pj -1", "--mac-pj must be at least 0, got -1")]
    [TestCase("train --ac-pj NaN", "--ac-pj must be at least 0, got NaN")]
    [TestCase("eval --checkpoint HERE/none -T 0", "--timesteps must be at least 1, got 0")]
    [TestCase("eval --checkpoint HERE/none -T 1;2", "--timesteps: '1;2' is not a list of whole numbers such as")]
    [TestCase("bench --steps 0", "--steps must be at least 1, got 0")]
    [TestCase("bench --op nonsense", "--op: 'nonsense' is not one of conv2d, linear, bn-lif, sgd, adamw")]
    [TestCase("bench --precision fp16", "--precision: 'fp16' is not one of fp32, tf32, bf16")]
    [TestCase(
        "bench --precision tf32 --device cpu", "tf32 wants an NVIDIA GPU with tensor cores (sm_80 or newer), which cpu is not; use fp32")]
    [TestCase(
        "bench --precision bf16 --device cpu", "bf16 wants an NVIDIA GPU with tensor cores (sm_80 or newer), which cpu is not; use fp32")]
    [TestCase("profile -b 0", "--batch-size must be at least 1, got 0")]
    [TestCase("profile --steps 0", "--steps must be at least 1, got 0")]
    [TestCase("profile --over-t 2,x", "--over-t: '2,x' is not a list of whole numbers such as 60,120,160")]
    [TestCase("profile --over-t 0", "the number of time-steps must be from 1 to 1024, got 0")]
    [TestCase("bench --encoder frames", "a benchmark shows its images as they are: the encoder must be Direct, got Frames")]
    [TestCase("profile --encoder poisson", "a benchmark shows its images as they are: the encoder must be Direct, got Poisson")]
    [TestCase(
        "train CIFAR --model spiking-vgg11", "take such a teacher (--teacher), or start the student from random weights (--init none)")]
    [TestCase("train CIFAR --encoder frames", "the train set has images of 1 frames, and spiking-resnet18 takes 4")]
    [TestCase("bench -b 0", "--batch-size must be at least 1, got 0")]
    [TestCase("bench --width 0", "width must be from 1 to 1024, got 0")]

    // Data.
    [TestCase("train --dataset mnist", "--dataset: 'mnist' is not one of cifar10, cifar100, folder, synthetic")]
    [TestCase(
        "train --dataset cifar10 --data-path HERE/none",
        "download CIFAR-10 (download --dataset cifar10 --data-path FOLDER), or fetch "
            + "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz by hand, and give the folder you put it in as the data's folder "
            + "(--data-path)")]
    [TestCase("train --dataset cifar100 --data-path HERE/cifar", "CIFAR-100: ")]
    [TestCase("train --dataset cifar10 --data-path HERE/file", "is damaged or no .tar.gz")]
    [TestCase("train --dataset cifar10 --data-path HERE/partial", "lacks data_batch_5.bin")]
    [TestCase("train --dataset cifar10 --data-path HERE/truncated", "test_batch.bin is not whole: 5000 bytes, expected a multiple of 3073")]
    [TestCase("train --dataset cifar10 --data-path HERE/label", "data_batch_3.bin has label 10 in record 1, expected 0 to 9")]
    [TestCase("train --dataset folder --data-path HERE/none", "there is no folder 'HERE/none/train'")]
    [TestCase("train --dataset folder --data-path HERE --image-size 7", "--image-size must be from 8 to 512, got 7")]
    [TestCase("train --dataset folder --data-path HERE --image-size 513", "--image-size must be from 8 to 512, got 513")]
    [TestCase("train --image-size 32", "--image-size is for --dataset folder; synthetic has its own")]
    [TestCase("train CIFAR --limit-train 0", "--limit-train must be at least 1, got 0")]
    [TestCase("train --limit-train 2000000000", "--limit-train: synthetic has at most 200000 images, got 2000000000")]
    [TestCase("train --limit-test -5", "--limit-test must be at least 1, got -5")]

    // Devices.
    [TestCase("train CIFAR --device tpu", "device 'tpu' is not a device name; use auto, cuda[:i], opencl[:i] or cpu")]
    [TestCase("train CIFAR --device opencl:77", "device 'opencl:77' is not here")]
    [TestCase("train CIFAR --device cuda:77", "device 'cuda:77' is not here")]
    [TestCase("bench --device cpu:1", "device 'cpu:1' is not a device name")]
    [TestCase("replay --trace HERE/trace --device gpu", "device 'gpu' is not a device name")]

    // Files.
    [TestCase("eval --checkpoint HERE/none", "checkpoint '")]
    [TestCase("eval --checkpoint HERE/file", "is not a usable safetensors file: its header claims")]
    [TestCase("eval --checkpoint HERE/half", "is not a usable safetensors file: ")]
    [TestCase("eval --checkpoint HERE/trace", "holds tensors but no description of a network")]
    [TestCase("train CIFAR --teacher-checkpoint HERE/none", "none' is not there")]
    [TestCase("train CIFAR --teacher-checkpoint HERE/file", "is not a usable safetensors file")]
    [TestCase("train CIFAR --teacher-checkpoint HERE/half", "is not a usable safetensors file")]
    [TestCase("replay --trace HERE/none", "none' is not there")]
    [TestCase("replay --trace HERE/cifar", "cifar' is not there")]
    [TestCase("replay --trace HERE/file", "is not a usable safetensors file")]
    [TestCase("replay --trace HERE/half", "is not a usable safetensors file")]
    [TestCase("replay", "give either --trace FILE to replay or --record FILE to record")]
    [TestCase("replay --trace HERE/trace --record HERE/new", "give either --trace FILE to replay or --record FILE to record")]
    [TestCase("replay --record HERE/cifar", "--record: 'HERE/cifar' is a folder; name a file")]
    [TestCase("replay --record HERE/no/new", "--record: the folder of 'HERE/no/new' is not there; make it first")]
    [TestCase("replay --record HERE/new --init middle", "--init: 'middle' is not one of prefix, even, none")]
    [TestCase("replay --record HERE/new --image-size 4", "--image-size from 8 to 512, got 4 and 4")]
    [TestCase("replay --record HERE/new --encoder poisson", "--encoder: a trace is of the direct encoder")]
    [TestCase("replay --record HERE/new --kd-alpha -1", "--kd-alpha must be at least 0, got -1")]
    [TestCase("replay --record HERE/new --teacher resnet50", "take a teacher of the same family")]
    [TestCase("replay --trace HERE/trace --json HERE/cifar", "--json: 'HERE/cifar' is a folder; name a file")]
    [TestCase("bench --json HERE/no/new", "--json: the folder of 'HERE/no/new' is not there; make it first")]
    [TestCase("train CIFAR --device cpu --output-dir HERE/file", "the output folder 'HERE/file' cannot be made or written to (")]
    [TestCase("train CIFAR --device cpu --output-dir HERE/file/below", "cannot be made or written to (")]
    public void IsRefused(string arguments, string message)
    {
        var before = folder.Entries;
        string text = Here(arguments).Replace("CIFAR ", $"--dataset cifar10 --data-path {folder.File("cifar")} ", StringComparison.Ordinal);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\'')).ToList();

        // Right behind the verb, where it takes no other option's place as a value; left out, it would be runs/ in the working folder.
        if (words[0] == "train" && !words.Contains("--output-dir")) words.InsertRange(1, ["--output-dir", folder.File("run")]);

        // Cancelled, so that what is not refused does not train.
        BadInput.IsRefused(CommandLine.Run(new CancellationToken(canceled: true), [.. words]), Here(message));
        Assert.That(folder.Entries, Is.EqualTo(before), "files");
    }

    private string Here(string text) => text.Replace("HERE", folder.Path, StringComparison.Ordinal);
}
