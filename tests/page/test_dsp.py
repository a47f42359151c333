"""static/signal/dsp.js: kernels and their tables are made once for what they depend on, and for nothing else."""

from __future__ import annotations

from tests.page.browser import Page

KERNEL = {"type": "kaiser_sinc", "zero_crossings": 16, "rolloff": 0.94, "kaiser_beta": 6.5}


def test_a_resampling_kernel_serves_all_streams_of_its_rates_and_filter(module_page: Page) -> None:
    script = """
    const { loadDsp } = await load("signal/dsp.js");
    const dsp = await loadDsp();
    const [kernel] = args;
    const first = dsp.resamplingKernel(44100, 22050, kernel);
    const others = [[48000, 22050, kernel], [44100, 16000, kernel], [44100, 22050, { ...kernel, rolloff: 0.9 }]];
    const same = (rates_and_filter) => dsp.resamplingKernel(...rates_and_filter) === first;
    return [same([44100, 22050, { ...kernel }]), ...others.map(same)];
    """
    assert module_page.run(script, KERNEL) == [True, False, False, False]


def test_a_mel_kernel_serves_all_streams_of_its_chain_and_filters(module_page: Page) -> None:
    script = """
    const { loadDsp } = await load("signal/dsp.js");
    const dsp = await loadDsp();
    const chain = { n_fft: 8, n_mels: 1 };
    const filters = Float32Array.of(0, 1, 1, 1, 0);
    const first = dsp.melKernel(chain, filters);
    const same = (chain, filters) => dsp.melKernel(chain, filters) === first;
    return [same(chain, filters), same(chain, filters.slice()), same({ ...chain }, filters)];
    """
    assert module_page.run(script) == [True, False, False]


def test_songs_of_ever_new_rates_do_not_pile_up_kernels(module_page: Page) -> None:
    script = """
    const { loadDsp } = await load("signal/dsp.js");
    const dsp = await loadDsp();
    const first = dsp.resamplingKernel(8000, 22050, args[0]);
    for (let rate_hz = 8100; rate_hz < 9000; rate_hz += 100) dsp.resamplingKernel(rate_hz, 22050, args[0]);
    return dsp.resamplingKernel(8000, 22050, args[0]) === first;
    """
    assert module_page.run(script, KERNEL) is False
